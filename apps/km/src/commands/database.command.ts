import { type Environment, processEnvironment } from '@kilomega/config'
import type { Command } from 'commander'
import { Failure } from '../failure.js'
import { migrate, readPlan } from '../start/migrate.js'
import { printAnswer } from '../terminal/print-answer.js'
import { addDatabaseAudit } from './database-audit.command.js'
import { addDatabaseDiff } from './database-diff.command.js'
import { readServers, serversText } from './database-status.js'
import { planText } from './migration-plan.js'

/** `km db migrate`, `km db status`, `km db promote`, `km db diff MODULE`, `km db audit` */
export function addDatabaseCommands(program: Command): void {
  const database = program.command('db').description('The database')
  database
    .command('migrate')
    .description('Migrate the database at DATABASE_URL to the version that this build needs; safe to repeat')
    .option('--plan', 'only show the pending steps: what each locks, and for how long')
    .option('--json', 'with --plan: print it as JSON')
    .action(async ({ plan = false, json = false }: { plan?: boolean; json?: boolean }) => {
      if (json && !plan) throw new Failure('--json prints the plan: add --plan')
      const environment = withDatabase(processEnvironment())
      if (plan) {
        const steps = await readPlan(environment)
        return printAnswer(json, steps, () => planText(steps))
      }
      await migrate(environment, (line) => process.stdout.write(`${line}\n`))
    })
  database
    .command('status')
    .description('Show the servers of the database: roles, lag, and how the work is divided')
    .option('--json', 'print it as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const servers = await readServers()
      printAnswer(json, servers, () => serversText(servers))
    })
  database
    .command('promote')
    .description('The drill of a failover: make a replica that km up started the primary, and its primary a replica')
    .argument('[server]', 'for example postgres-2; by default the replica with the most of the log')
    .option('--kill', 'kill the primary, as a crash does; what no replica has received is lost')
    .action(async (server: string | undefined, { kill = false }: { kill?: boolean }) => {
      const { askLauncher } = await import('../start/ask-launcher.js')
      await askLauncher({ command: 'promote', server, kill }, (line) => process.stdout.write(`${line}\n`))
    })
  addDatabaseDiff(database)
  addDatabaseAudit(database)
}

function withDatabase(environment: Environment): Environment {
  if (environment['DATABASE_URL']) return environment
  throw new Failure('DATABASE_URL is not set: say which database, as in DATABASE_URL=postgres://… npx km db migrate')
}
