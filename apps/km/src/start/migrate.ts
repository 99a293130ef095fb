import type { Environment } from '@kilomega/config'
import type { PlannedStep } from '@kilomega/database'
import { runApiProgram } from './api-program.js'
import { MigrationStamp } from './migration-stamp.js'
import { postgresFolder } from './paths.js'
import { primaryName } from './primary-name.js'

/** Migrates the database of `DATABASE_URL` to the schema of this build, with the API's own list of modules. `onLine` gets each step and how far backfills are. */
export async function migrate(environment: Environment, onLine?: (line: string) => void): Promise<void> {
  await runApiProgram('migrate', environment, { whatFailed: 'The database could not be migrated', onLine })
}

/** What `migrate` would do now, and what it would lock. Changes nothing. */
export async function readPlan(environment: Environment): Promise<PlannedStep[]> {
  const lines = await runApiProgram('plan-migrations', environment, { whatFailed: 'The database could not be read' })
  return JSON.parse(lines.at(-1)!) as PlannedStep[]
}

/** Like `migrate`, but skips our own PostgreSQL if this same build has already migrated it. */
export async function migrateWhenNeeded(environment: Environment, isOurs: boolean, show: (work: Promise<void>) => Promise<void>): Promise<void> {
  const stamp = isOurs ? new MigrationStamp(postgresFolder(primaryName())) : undefined
  if (stamp?.isCurrent()) return
  await show(migrate(environment))
  stamp?.set()
}
