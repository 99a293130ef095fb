import type { Database } from '@kilomega/database'

const now = `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs"`

/** The time that all processes share, in milliseconds since 1970: a process whose clock jumps must not decide by itself what is late and what is early. */
export async function databaseNowMs(database: Database): Promise<number> {
  const [row] = await database.read((queryable) => queryable.query<{ nowMs: number }>(now))
  return row!.nowMs
}
