import { type Command, InvalidArgumentError } from 'commander'
import { type DiffOptions, diffModule } from '../diff/diff-module.js'

const manual = `
Compares the entities of the module with its tables in the database at DATABASE_URL, or in the one that runs here, and prints
the migration that makes the tables what the entities declare. The database has to have all migrations of the module.
Review it: TypeORM does not know what is stored. A column whose type changes is dropped and added empty, and indexes that no
entity declares are dropped; such statements have a comment with DROPS. It compares columns, keys, unique constraints, and the
names and columns of indexes and checks, not the conditions of indexes and checks.
Exit codes: 0 if there is nothing to change or the file was written, 1 if a migration was printed.`

/** `km db diff MODULE` */
export function addDatabaseDiff(database: Command): void {
  database
    .command('diff')
    .description('Print the migration that a module needs after a change of its entities; nothing is changed')
    .argument('<module>', 'as named in its port: identity, content, or a module of your own')
    .option('--name <verb-noun>', 'what the migration does, as in add-due-dates', readName, 'change-tables')
    .option('--write', "write it to the module's tables/migrations instead of printing it")
    .addHelpText('after', manual)
    .action((module: string, options: DiffOptions) => diffModule(module, options))
}

function readName(text: string): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(text)) throw new InvalidArgumentError('a verb and a noun, as in add-due-dates')
  return text
}
