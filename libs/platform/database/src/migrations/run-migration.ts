import type { Client } from 'pg'
import type { MigrationTable } from './migration-table.js'
import type { TransactionStep } from './migration.js'
import { inStepTransaction } from './step-transaction.js'
import { stepFailed, withLockRetries } from './with-lock-retries.js'

/** Runs one step and records it, in one transaction. Waits for locks in short turns. */
export async function runMigration(
  client: Client,
  table: MigrationTable,
  { schema, migration }: { schema: string; migration: TransactionStep },
): Promise<void> {
  const attempt = () =>
    inStepTransaction(client, async () => {
      for (const statement of migration.up) await client.query(statement)
      await table.record(migration)
    })
  try {
    await withLockRetries({ schema, migration }, attempt)
  } catch (error) {
    throw stepFailed({ schema, migration }, 'failed and was rolled back', error)
  }
}
