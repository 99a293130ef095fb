import type { Client } from 'pg'
import { withIdentifiers } from '../with-identifiers.js'
import { MigrationError } from './migration-error.js'
import { resetLimits } from './migration-session.js'
import type { MigrationTable } from './migration-table.js'
import type { OutsideStep } from './migration.js'
import type { OutsideStatement } from './outside-statement.js'
import { stepFailed, withLockRetries } from './with-lock-retries.js'

/**
 * Longer than for steps in a transaction: no reader and no writer queues behind these locks, and an index that waited in vain for the end of a report is built
 * again from its first row.
 */
const limits = `SET lock_timeout = '1min'; SET statement_timeout = 0`

const findIndex = `
  SELECT heap.relname AS table, indisvalid AND indisready AS valid
  FROM pg_class AS own
  JOIN pg_index ON indexrelid = own.oid
  JOIN pg_class AS heap ON heap.oid = indrelid
  WHERE own.relnamespace = to_regnamespace(quote_ident($1)) AND own.relname = $2`

/** Runs one step outside of a transaction and records it afterwards. If it was interrupted before, what is missing is done. */
export async function runOutside(
  client: Client,
  table: MigrationTable,
  { schema, migration }: { schema: string; migration: OutsideStep },
): Promise<void> {
  const { statement } = migration
  await client.query(limits)
  try {
    await withLockRetries({ schema, migration }, async () => {
      await dropHalfBuilt(client, statement)
      if (!(await isDone(client, statement))) await client.query(migration.up[0]!)
    })
  } catch (error) {
    // A unique index that was left half built goes on to refuse rows. If it cannot be dropped now, the next try begins with it.
    await dropHalfBuilt(client, statement).catch(() => undefined)
    throw stepFailed({ schema, migration }, 'failed', error)
  }
  await resetLimits(client)
  await table.record(migration)
}

async function dropHalfBuilt(client: Client, statement: OutsideStatement): Promise<void> {
  if (statement.does !== 'create index') return
  const index = await indexOf(client, statement)
  if (index?.valid === false) await client.query(withIdentifiers('DROP INDEX CONCURRENTLY %I.%I', statement.schema, statement.index))
}

/** If the index is there and only its record is missing, the process was killed between the two. */
async function isDone(client: Client, statement: OutsideStatement): Promise<boolean> {
  if (statement.does === 'validate') return false
  const index = await indexOf(client, statement)
  return (index !== undefined) === (statement.does === 'create index')
}

interface Found {
  table: string
  valid: boolean
}

async function indexOf(client: Client, { schema, index, table }: { schema: string; index: string; table?: string }): Promise<Found | undefined> {
  const { rows } = await client.query<Found>(findIndex, [schema, index])
  if (table !== undefined && rows[0] !== undefined && rows[0].table !== table)
    throw new MigrationError(`${schema}.${index} is an index of ${rows[0].table} already: give the new index another name`)
  return rows[0]
}
