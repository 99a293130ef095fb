import type { Database } from '@kilomega/database'
import { inSchema, republishAll } from '@kilomega/messaging'

const readEpoch = `SELECT epoch FROM {schema}.queue_epoch`
const write = `INSERT INTO {schema}.queue_epoch (epoch) VALUES ($1) ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch`
const dead = `SELECT count(*)::int AS count FROM {schema}.dead_letter WHERE subscriber LIKE 'queue:%'`

/**
 * Publishes a module's jobs again if the queue's store is not the one to which they were published, or if `force` is set. Usually this happens once, however many
 * processes notice; more often is harmless. Returns the number of jobs, or undefined if it was not necessary. The store is recorded at the end: if the process dies
 * before that, the next one does it.
 */
export async function refill(database: Database, epoch: string, force: boolean): Promise<number | undefined> {
  const known = await epochOf(database)
  if (known === epoch && !force) return undefined
  const jobs = known === undefined ? undefined : await republishAll(database)
  await database.write((transaction) => transaction.query(inSchema(write, database.schema), [epoch]))
  return jobs
}

/** The epoch of the store to which a module's jobs were last published, by any process. */
export async function epochOf(database: Database): Promise<string | undefined> {
  const rows = await database.read((queryable) => queryable.query<{ epoch: string }>(inSchema(readEpoch, database.schema)))
  return rows[0]?.epoch
}

/** Number of a module's jobs that are dead letters. */
export async function countDead(database: Database): Promise<number> {
  const [row] = await database.read((queryable) => queryable.query<{ count: number }>(inSchema(dead, database.schema)))
  return row!.count
}
