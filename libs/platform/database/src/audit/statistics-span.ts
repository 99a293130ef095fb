import type { Look } from './check.js'

/** A crash empties the counters of tables without a trace in `pg_stat_database`; those of the whole server then tell when it was. */
const begun = `
  SELECT extract(epoch FROM now() - greatest(d.stats_reset, w.stats_reset))::float8 * 1000 AS "spanMs"
  FROM pg_stat_database d, pg_stat_wal w
  WHERE d.datname = current_database()`

/** For how long the server has counted scans, in milliseconds. */
export async function statisticsSpanMs({ rows }: Look): Promise<number> {
  const [row] = await rows<{ spanMs: number | null }>(begun)
  return row?.spanMs ?? 0
}
