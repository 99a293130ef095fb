import type { Secret } from '@kilomega/config'
import type { Client } from 'pg'
import { withLoneConnection } from '../lone-connection.js'
import { requireOwnSessions } from '../pooler.js'
import { requireVersion } from '../server-version.js'
import type { BackfillProgress } from './backfill-progress.js'
import { MigrationError } from './migration-error.js'
import { lockMigrations } from './migration-lock.js'
import { prepareSession } from './migration-session.js'
import { hashOf, MigrationTable, type SchemaMigrations } from './migration-table.js'
import type { Migration } from './migration.js'
import { runBackfill } from './run-backfill.js'
import { runMigration } from './run-migration.js'
import { runOutside } from './run-outside.js'

export interface MigrateOptions {
  /** Steps that run in every schema before its own: the ledger tables. */
  platform?: (schema: string) => readonly Migration[]
  /** Called for each step that was run now. */
  onStep?: (schema: string, name: string) => void
  /** Called after each batch of a backfill. */
  onProgress?: (schema: string, name: string, progress: BackfillProgress) => void
  /** The oldest supported major version of PostgreSQL. */
  oldest?: number
  /** How long a backfill waits for replicas that are too far behind, in milliseconds: 10 minutes. Then it stops, and goes on when it is repeated. */
  waitForReplicasMs?: number
}

/**
 * Brings schemas up to date, under a lock that other processes wait for. Steps already done are skipped; a step whose text changed after it ran is an error. A step
 * runs in one transaction; steps outside of a transaction and backfills go on where a killed process stopped. Returns how many steps were run.
 */
export async function migrate(url: Secret, modules: readonly SchemaMigrations[], options: MigrateOptions = {}): Promise<number> {
  return withLoneConnection(url, async (client) => {
    await requireVersion(client, options.oldest)
    await requireOwnSessions(url)
    await prepareSession(client)
    await lockMigrations(client)
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

/** The steps of a schema that have not run, in order. Throws if one that has run was edited. */
export async function pendingSteps(table: MigrationTable, module: SchemaMigrations, options: MigrateOptions): Promise<Migration[]> {
  const done = new Map((await table.done()).map(({ name, hash }) => [name, hash]))
  return stepsOf(module, options).filter((step) => !isDone(module.schema, step, done.get(step.name)))
}

async function migrateSchema(client: Client, module: SchemaMigrations, options: MigrateOptions): Promise<number> {
  const { schema } = module
  const table = new MigrationTable(client, schema)
  await table.create()
  const steps = await pendingSteps(table, module, options)
  for (const migration of steps) {
    await runStep(client, table, { schema, migration }, options)
    options.onStep?.(schema, migration.name)
  }
  return steps.length
}

async function runStep(
  client: Client,
  table: MigrationTable,
  { schema, migration }: { schema: string; migration: Migration },
  { onProgress, waitForReplicasMs }: MigrateOptions,
): Promise<void> {
  if (migration.kind === 'transaction') return runMigration(client, table, { schema, migration })
  if (migration.kind === 'outside') return runOutside(client, table, { schema, migration })
  const report = (progress: BackfillProgress) => onProgress?.(schema, migration.name, progress)
  await runBackfill(client, table, { schema, migration, onProgress: report, waitForReplicasMs })
}

function isDone(schema: string, step: Migration, hash: string | undefined): boolean {
  if (hash !== undefined && hash !== hashOf(step)) {
    throw new MigrationError(`step ${step.name} of schema ${schema} was edited after it ran: restore its text and add a step that corrects it`)
  }
  return hash !== undefined
}
