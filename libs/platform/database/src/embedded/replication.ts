import { setTimeout as wait } from 'node:timers/promises'
import type { Secret } from '@kilomega/config'
import { withLoneConnection } from '../lone-connection.js'

/** In seconds: a promotion takes a tenth of a second, and longer only if the replica has much of the log left to replay. */
const promoteWithinS = 30
const pollMs = 20

/** Makes a replica a primary, on a new timeline. Resolves when it takes writes; rejects if that takes longer than 30 s, or if it is a primary. */
export async function promoteServer(replica: Secret): Promise<void> {
  await withLoneConnection(replica, async (client) => {
    const { rows } = await client.query<{ promoted: boolean }>('SELECT pg_promote(true, $1) AS promoted', [promoteWithinS])
    if (!rows[0]!.promoted) throw new Error(`the replica did not become the primary within ${promoteWithinS} s; its log says why`)
  })
}

const readReceived = `
  SELECT (received - '0/0')::float8 AS bytes, received <= pg_last_wal_replay_lsn() AS replayed
  FROM (SELECT coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) AS received)`

/** Bytes of the log that a replica has received, and whether it has replayed all of them. */
export async function receivedLog(replica: Secret): Promise<{ bytes: number; replayed: boolean }> {
  return withLoneConnection(replica, async (client) => (await client.query<{ bytes: number; replayed: boolean }>(readReceived)).rows[0]!)
}

/** Whether a replica receives the log of its primary, asked until it does or `withinMs` is over. */
export async function streams(replica: Secret, withinMs: number): Promise<boolean> {
  const untilMs = performance.now() + withinMs
  return withLoneConnection(replica, async (client) => {
    for (;;) {
      const { rowCount } = await client.query("SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'")
      if (rowCount === 1) return true
      if (performance.now() > untilMs) return false
      await wait(pollMs)
    }
  })
}
