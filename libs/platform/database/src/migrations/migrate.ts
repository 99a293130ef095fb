import type { Secret } from '@kilomega/config'
import type { Client } from 'pg'
import { isLockTimeout } from '../database-errors.js'
import { withLoneConnection } from '../lone-connection.js'
import { MigrationError } from './migration-error.js'
import { hashOf, MigrationTable, type SchemaMigrations } from './migration-table.js'
import type { Migration } from './migration.js'
import { runMigration } from './run-migration.js'
import { requireVersion } from '../server-version.js'

export interface MigrateOptions {
  /** Steps that run in every schema before its own: the ledger tables. */
  platform?: (schema: string) => readonly Migration[]
  /** Called for each step that was run now. */
  onStep?: (schema: string, name: string) => void
  /** The oldest supported major version of PostgreSQL. */
  oldest?: number
}

/** The same key in all versions: two processes that migrate at once wait for each other. */
const lockKey = 7_215_360_914
const waitForOther = `SET lock_timeout = '5min'`

/**
 * Brings schemas up to date, each step in its own transaction, under a lock that other processes wait for. Steps already done are skipped; a step whose text
 * changed after it ran is an error. Returns how many steps were run.
 */
export async function migrate(url: Secret, modules: readonly SchemaMigrations[], options: MigrateOptions = {}): Promise<number> {
  return withLoneConnection(url, async (client) => {
    await requireVersion(client, options.oldest)
    await lock(client)
    let done = 0
    for (const module of modules) done += await migrateSchema(client, module, options)
    return done
  })
}

/** All steps of a schema in the order in which they run. Throws if they are not sorted by name. */
export function stepsOf({ schema, migrations }: SchemaMigrations, { platform }: MigrateOptions): Migration[] {
  for (const [index, { name }] of migrations.entries()) {
    if (index > 0 && name <= migrations[index - 1]!.name) throw new MigrationError(`step ${name} of schema ${schema} is not in order of name`)
  }
  return [...(platform?.(schema) ?? []), ...migrations]
}

async function lock(client: Client): Promise<void> {
  await client.query(waitForOther)
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey])
  } catch (error) {
    throw isLockTimeout(error) ? new MigrationError('another process has been migrating this database for 5 minutes', { cause: error }) : error
  }
}

async function migrateSchema(client: Client, module: SchemaMigrations, options: MigrateOptions): Promise<number> {
  const { schema } = module
  const table = new MigrationTable(client, schema)
  await table.create()
  const done = new Map((await table.done()).map(({ name, hash }) => [name, hash]))
  const steps = stepsOf(module, options).filter((step) => !isDone(schema, step, done.get(step.name)))
  for (const migration of steps) {
    await runMigration(client, table, { schema, migration })
    options.onStep?.(schema, migration.name)
  }
  return steps.length
}

function isDone(schema: string, step: Migration, hash: string | undefined): boolean {
  if (hash !== undefined && hash !== hashOf(step)) {
    throw new MigrationError(`step ${step.name} of schema ${schema} was edited after it ran: restore its text and add a step that corrects it`)
  }
  return hash !== undefined
}
