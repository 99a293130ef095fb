import type { Database, Queryable } from './database.js'

/** Where a server is in the log, and on which timeline: a new one begins when a standby is promoted. */
export interface LogPosition {
  isReplica: boolean
  /** Eight hexadecimal digits. */
  timeline: string
  /** As Postgres writes it: `0/16B3748`. */
  lsn: string
}

/** A standby knows the timeline that it receives; until it receives one, that of its last checkpoint. */
export const readPosition = `
  SELECT pg_is_in_recovery() AS "isReplica",
    CASE WHEN pg_is_in_recovery()
      THEN (SELECT lpad(upper(to_hex(coalesce((SELECT received_tli FROM pg_stat_wal_receiver), timeline_id))), 8, '0') FROM pg_control_checkpoint())
      ELSE substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END AS timeline,
    (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END)::text AS lsn`

/** As text that sorts: `00000001:00000000016B3748`. Empty for a standby that has replayed nothing yet. */
export function freshnessOf({ timeline, lsn }: Pick<LogPosition, 'timeline' | 'lsn'>): string {
  const [high, low] = (lsn ?? '').split('/')
  return high === undefined || low === undefined ? '' : `${timeline}:${high.padStart(8, '0')}${low.padStart(8, '0')}`
}

/** Whether a server that is at `reached` has everything committed before `needed`. False for another timeline, from before or after a failover. */
export const isReached = (reached: string, needed: string): boolean =>
  needed === '' || (needed.length === reached.length && timelineOf(needed) === timelineOf(reached) && needed <= reached)

/** `00000001:` */
const timelineEnds = 9

export const timelineOf = (freshness: string): string => freshness.slice(0, timelineEnds)

/** How fresh data must be to contain everything committed so far. One round trip. */
export async function freshness(database: Database): Promise<string> {
  const [position] = await database.read((reading) => reading.query<LogPosition>(readPosition))
  return freshnessOf(position!)
}

/**
 * Whether a server, primary or standby, has everything that had been committed when the freshness was read. False for another timeline (from before a
 * failover) and for an unreadable value: the caller then reads from the primary. One round trip.
 */
export async function isFresh(server: Queryable, needed: string): Promise<boolean> {
  const [position] = await server.query<LogPosition>(readPosition)
  return needed !== '' && isReached(freshnessOf(position!), needed)
}
