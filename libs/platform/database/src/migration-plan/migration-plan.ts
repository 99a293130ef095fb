import type { Secret } from '@kilomega/config'
import type { Client } from 'pg'
import { withLoneConnection } from '../lone-connection.js'
import { type MigrateOptions, pendingSteps } from '../migrations/migrate.js'
import { MigrationTable, type SchemaMigrations } from '../migrations/migration-table.js'
import type { Migration } from '../migrations/migration.js'
import { requireVersion } from '../server-version.js'
import { takes } from './duration.js'
import { type LockMode, type Waiting, waitingFor } from './lock-mode.js'
import { ProvenColumns } from './proven-columns.js'
import { statementUse } from './statement-use.js'
import { sizeOf } from './table-size.js'
import type { TableUse, Work } from './table-use.js'

/** A lock that a pending step will take on a table that exists. */
export interface PlannedLock {
  /** The kind of statement: `CREATE INDEX CONCURRENTLY`. */
  what: string
  /** With its schema; null, like all that follows from it, if the table cannot be told, as for a `DO` block. */
  table: string | null
  lock: LockMode | null
  /** Who waits while it is held. */
  holdsUp: Waiting | null
  work: Work
  /** As last counted by the server; null if it never did. */
  rows: number | null
  /** Without indexes; null if the table cannot be told. */
  bytes: number | null
  /** A rough estimate, without the wait for the lock; null if it cannot be told. */
  seconds: number | null
  /** The same in words: `scan of 1.2 GB, about 12 s`. */
  takes: string
}

export interface PlannedStep {
  schema: string
  name: string
  kind: Migration['kind']
  /** Empty if the step only touches tables that do not exist yet. */
  locks: PlannedLock[]
}

/** What `migrate` would do now, and what it would lock. Reads the catalog only, on a connection that cannot write. */
export async function planMigrations(url: Secret, modules: readonly SchemaMigrations[], options: MigrateOptions = {}): Promise<PlannedStep[]> {
  return withLoneConnection(url, async (client) => {
    await requireVersion(client, options.oldest)
    await client.query('SET default_transaction_read_only = on')
    const proven = new ProvenColumns(client)
    const steps: PlannedStep[] = []
    for (const module of modules) {
      for (const step of await pendingSteps(new MigrationTable(client, module.schema), module, options)) {
        const locks: PlannedLock[] = []
        for (const statement of step.up) locks.push(...(await locksOf(client, step, statement, proven)))
        steps.push({ schema: module.schema, name: step.name, kind: step.kind, locks })
      }
    }
    return steps
  })
}

const unknown: Omit<PlannedLock, 'what'> = {
  ...{ table: null, lock: null, holdsUp: null, work: 'unknown' as const },
  ...{ rows: null, bytes: null, seconds: null, takes: takes('unknown', { rows: null, bytes: 0 }).text },
}

async function locksOf(client: Client, step: Migration, statement: string, proven: ProvenColumns): Promise<PlannedLock[]> {
  const { what, uses } = statementUse(statement)
  if (uses === undefined) return [{ what, ...unknown }]
  const locks: PlannedLock[] = []
  for (const use of uses) {
    const lock = await lockOf(client, use, { step, proven })
    if (lock !== undefined) locks.push({ what: step.kind === 'backfill' ? 'backfill' : what, ...lock })
  }
  proven.note(statement)
  return locks
}

async function lockOf(
  client: Client,
  { relation, lock, work, requires }: TableUse,
  { step, proven }: { step: Migration; proven: ProvenColumns },
): Promise<Omit<PlannedLock, 'what'> | undefined> {
  const size = await sizeOf(client, relation)
  if (size === undefined) return undefined
  const isProven = requires !== undefined && (await proven.has(relation, requires))
  const done = step.kind === 'backfill' ? 'batches' : isProven ? 'none' : work
  const { seconds, text } = takes(done, size)
  return { lock, holdsUp: waitingFor(lock), ...size, work: done, seconds, takes: text }
}
