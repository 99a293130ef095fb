import type { Database, Queryable } from './database.js'

const now = `SELECT substr(pg_walfile_name(lsn), 1, 8) || ':' || lsn AS freshness FROM pg_current_wal_insert_lsn() AS lsn`

const reached = `
  WITH log AS (
    SELECT lpad(upper(to_hex(timeline_id)), 8, '0') AS timeline, pg_last_wal_replay_lsn() AS place FROM pg_control_checkpoint() WHERE pg_is_in_recovery()
    UNION ALL
    SELECT substr(pg_walfile_name(lsn), 1, 8), lsn FROM (SELECT pg_current_wal_insert_lsn() AS lsn WHERE NOT pg_is_in_recovery()) AS primary_log
  )
  SELECT timeline = $1 AND place >= $2::pg_lsn AS "isFresh" FROM log`

const form = /^([0-9A-F]{8}):([0-9A-F]{1,8}\/[0-9A-F]{1,8})$/

/** How fresh data must be to contain everything committed so far: the timeline and log position of the primary, as `00000001:0/16B3748`. One round trip. */
export async function freshness(database: Database): Promise<string> {
  const [row] = await database.read((queryable) => queryable.query<{ freshness: string }>(now))
  return row!.freshness
}

/**
 * Whether a server, primary or standby, has everything that had been committed when the freshness was read. False for another timeline (from before a
 * failover) and for an unreadable value: the caller then reads from the primary. One round trip.
 */
export async function isFresh(server: Queryable, freshness: string): Promise<boolean> {
  const [, timeline, place] = form.exec(freshness) ?? []
  if (place === undefined) return false
  const [row] = await server.query<{ isFresh: boolean }>(reached, [timeline, place])
  return row!.isFresh
}
