import type { Database } from '@kilomega/database'
import { inSchema } from '@kilomega/messaging'

const read = `SELECT epoch FROM {schema}.queue_epoch FOR UPDATE`
const readEpoch = `SELECT epoch FROM {schema}.queue_epoch`
const write = `INSERT INTO {schema}.queue_epoch (epoch) VALUES ($1) ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch`
const callBack = `UPDATE {schema}.delivery SET due_at = now() WHERE subscriber LIKE 'queue:%' AND due_at > now() RETURNING 1`
const dead = `SELECT count(*)::int AS count FROM {schema}.dead_letter WHERE subscriber LIKE 'queue:%'`

/**
 * Has a module's jobs put into the queue again where its store is not the one into which they were put, or `anyway`; once, however many processes notice.
 * How many jobs that are; nothing where there was no need.
 */
export function refill(database: Database, epoch: string, anyway: boolean): Promise<number | undefined> {
  const sql = (statement: string): string => inSchema(statement, database.schema)
  return database.write(async (transaction) => {
    const [known] = await transaction.query<{ epoch: string }>(sql(read))
    if (known?.epoch === epoch && !anyway) return undefined
    await transaction.query(sql(write), [epoch])
    if (known === undefined) return undefined
    return (await transaction.query(sql(callBack))).length
  })
}

/** The store into which a module's jobs were put last, by whichever process. */
export async function epochOf(database: Database): Promise<string | undefined> {
  const rows = await database.read((queryable) => queryable.query<{ epoch: string }>(inSchema(readEpoch, database.schema)))
  return rows[0]?.epoch
}

/** Jobs of a module that are dead letters. */
export async function countDead(database: Database): Promise<number> {
  const [row] = await database.read((queryable) => queryable.query<{ count: number }>(inSchema(dead, database.schema)))
  return row!.count
}
