import type { Database } from '@kilomega/database'
import { inSchema, republishAll } from '@kilomega/messaging'

const readEpoch = `SELECT epoch FROM {schema}.queue_epoch`
const write = `INSERT INTO {schema}.queue_epoch (epoch) VALUES ($1) ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch`
const dead = `SELECT count(*)::int AS count FROM {schema}.dead_letter WHERE subscriber LIKE 'queue:%'`

/**
 * Has a module's jobs put into the queue again where its store is not the one into which they were put, or `anyway`; mostly once, however many processes notice, and more
 * often is harmless. How many jobs that are; nothing where there was no need. The store is noted at the end: what a process that dies leaves undone, the next one does.
 */
export async function refill(database: Database, epoch: string, anyway: boolean): Promise<number | undefined> {
  const known = await epochOf(database)
  if (known === epoch && !anyway) return undefined
  const jobs = known === undefined ? undefined : await republishAll(database)
  await database.write((transaction) => transaction.query(inSchema(write, database.schema), [epoch]))
  return jobs
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
