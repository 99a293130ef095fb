import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'pg'
import { MigrationError } from './migration-error.js'

/** `replay_lag` is null on a replica that has nothing to replay. */
const lags = `
  SELECT coalesce(nullif(application_name, ''), host(client_addr), 'replica') AS name, state,
    coalesce(extract(epoch FROM replay_lag) * 1000, 0)::float8 AS ms,
    coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::float8 AS bytes
  FROM pg_stat_replication WHERE state IS DISTINCT FROM 'backup'`

interface Lag {
  name: string
  /** Null if the role may not see it. */
  state: string | null
  ms: number
  bytes: number
}

export interface LagLimits {
  maxLagMs: number
  maxLagBytes: number
}

const turnMs = 500

/** Waits until no replica is further behind than the limits. Throws a `MigrationError` after `waitMs`; a replica that is not connected holds up nothing. */
export async function awaitReplicas(client: Client, limits: LagLimits, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const late = await firstLate(client, limits)
    if (late === undefined) return
    if (performance.now() > deadline) throw new MigrationError(tooLate(late, waitMs))
    await wait(turnMs)
  }
}

async function firstLate(client: Client, { maxLagMs, maxLagBytes }: LagLimits): Promise<Lag | undefined> {
  const { rows } = await client.query<Lag>(lags)
  if (rows.some(({ state }) => state === null))
    throw new MigrationError('this role may not see how far replicas are behind: GRANT pg_read_all_stats to it, and migrate again')
  return rows.find(({ ms, bytes }) => ms > maxLagMs || bytes > maxLagBytes)
}

const tooLate = ({ name, ms, bytes }: Lag, waitMs: number): string =>
  `the replica ${name} has been too far behind for ${waitMs / 1_000} s (now ${Math.round(ms)} ms, ${Math.round(bytes / 1_048_576)} MiB): ` +
  `look why with km db status, and migrate again; what is done stays done`
