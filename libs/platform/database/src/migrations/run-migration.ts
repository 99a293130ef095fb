import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'pg'
import { isLockTimeout, isRetryable } from '../database-errors.js'
import { MigrationError } from './migration-error.js'
import type { MigrationTable } from './migration-table.js'
import type { Migration } from './migration.js'

/** With a `lock_timeout` of 2 s, a step blocks other transactions for 2 s at most, then lets them pass before it tries again. */
const beginStep = `BEGIN; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = 0`
const maxAttempts = 10
const pauseMs = 1_000

/** Runs one step and records it, in one transaction. Waits for locks in short turns. */
export async function runMigration(
  client: Client,
  table: MigrationTable,
  { schema, migration }: { schema: string; migration: Migration },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptStep(client, table, migration)
    } catch (error) {
      if (!isLockTimeout(error) && !isRetryable(error)) throw failed(schema, migration, error)
      if (attempt === maxAttempts)
        throw new MigrationError(
          `step ${migration.name} of schema ${schema} did not get its locks in ${maxAttempts} tries: end the transactions that hold them and migrate again`,
          { cause: error },
        )
      await wait(pauseMs * (0.5 + Math.random()))
    }
  }
}

async function attemptStep(client: Client, table: MigrationTable, migration: Migration): Promise<void> {
  await client.query(beginStep)
  try {
    for (const statement of migration.up) await client.query(statement)
    await table.record(migration)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

const failed = (schema: string, { name }: Migration, error: unknown): MigrationError =>
  new MigrationError(`step ${name} of schema ${schema} failed and was rolled back: ${(error as Error).message}`, { cause: error })
