import { ReportedFailure } from '../failure.js'
import { root } from '../start/paths.js'
import { migrationName } from './migration-name.js'
import { migrationText } from './migration-text.js'
import { readDifferences } from './read-differences.js'
import { writeMigration } from './write-migration.js'

export interface DiffOptions {
  name: string
  write?: boolean
}

/** Prints the migration that a module needs, or writes its file; fails after printing one, so that a pipeline notices. */
export async function diffModule(module: string, { name: what, write = false }: DiffOptions): Promise<void> {
  const { statements, lastMigration } = await readDifferences(module)
  if (statements.length === 0) return void process.stdout.write(`Nothing to change: the tables of ${module} are as its entities declare them\n`)
  const name = migrationName(what, lastMigration)
  const text = migrationText(name, statements)
  if (write) return void process.stdout.write(`${writeMigration(root, module, { name, text })}\n`)
  process.stdout.write(text)
  throw new ReportedFailure()
}
