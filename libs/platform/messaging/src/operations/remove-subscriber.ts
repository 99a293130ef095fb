import type { Database } from '@kilomega/database'
import { inSchema } from '../schema-sql.js'
import { recordOperation } from './operation-record.js'

const forget = `DELETE FROM {schema}.subscriber WHERE name = $1 RETURNING name`
const deleteDeliveries = `
  WITH dead AS (DELETE FROM {schema}.dead_letter WHERE subscriber = $1), asked AS (DELETE FROM {schema}.canary WHERE subscriber = $1),
    removed AS (DELETE FROM {schema}.delivery WHERE subscriber = $1 RETURNING event_id)
  SELECT count(*)::int AS deliveries FROM removed`

/**
 * Removes a subscriber from one module's ledger with all its deliveries. Returns how many deliveries there were, or undefined if the ledger does not have it. Events that
 * are added meanwhile may still get a delivery to it, so its deliveries are deleted after it, in a separate transaction.
 */
export async function removeSubscriber(database: Database, name: string): Promise<{ deliveries: number } | undefined> {
  const sql = (statement: string): string => inSchema(statement, database.schema)
  const known = await database.write((transaction) => transaction.query(sql(forget), [name]))
  if (known.length === 0) return undefined
  return database.write(async (transaction) => {
    const [row] = await transaction.query<{ deliveries: number }>(sql(deleteDeliveries), [name])
    await recordOperation(transaction, 'subscriber.remove', { subscriber: name, deliveries: row!.deliveries })
    return row!
  })
}
