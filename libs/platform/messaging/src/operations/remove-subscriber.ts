import type { Database } from '@kilomega/database'
import { inSchema } from '../schema-sql.js'
import { recordOperation } from './operation-record.js'

const forget = `DELETE FROM {schema}.subscriber WHERE name = $1 RETURNING name`
const letGo = `
  WITH dead AS (DELETE FROM {schema}.dead_letter WHERE subscriber = $1), asked AS (DELETE FROM {schema}.canary WHERE subscriber = $1),
    removed AS (DELETE FROM {schema}.delivery WHERE subscriber = $1 RETURNING event_id)
  SELECT count(*)::int AS deliveries FROM removed`

/**
 * Takes a subscriber out of one module's ledger with all its deliveries; how many deliveries that were, nothing where it is not known there. What is told
 * meanwhile may still be written for it, so its deliveries go after it, in a transaction of its own.
 */
export async function removeSubscriber(database: Database, name: string): Promise<{ deliveries: number } | undefined> {
  const sql = (statement: string): string => inSchema(statement, database.schema)
  const known = await database.write((transaction) => transaction.query(sql(forget), [name]))
  if (known.length === 0) return undefined
  return database.write(async (transaction) => {
    const [row] = await transaction.query<{ deliveries: number }>(sql(letGo), [name])
    await recordOperation(transaction, 'subscriber.remove', { subscriber: name, deliveries: row!.deliveries })
    return row!
  })
}
