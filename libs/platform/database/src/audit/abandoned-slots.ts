import type { Check } from './check.js'
import { spanText } from './span-text.js'

interface Row {
  subject: string
  kept: string
  inactiveMs: number | null
  isLost: boolean
  statement: string
}

const slots = `
  SELECT s.slot_name AS subject, pg_size_pretty(k.bytes) AS kept, s.wal_status = 'lost' AS "isLost",
    extract(epoch FROM now() - s.inactive_since)::float8 * 1000 AS "inactiveMs",
    format('SELECT pg_drop_replication_slot(%L)', s.slot_name) AS statement
  FROM pg_replication_slots s
  CROSS JOIN LATERAL (
    SELECT pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, s.restart_lsn) AS bytes
  ) k
  WHERE NOT s.active AND (s.wal_status = 'lost' OR k.bytes >= $1)
  ORDER BY k.bytes DESC NULLS LAST`

/** Replication slots of replicas that do not come any more. */
export const abandonedSlots: Check = {
  kind: 'abandoned-slot',
  severity: 'harmful',
  title: 'Replication slots from which nobody reads',
  harm: 'The server keeps the log for them until its disk is full. Drop one only if its replica is gone for good: otherwise start the replica.',
  async find({ rows, limits: { slotBytes } }) {
    const found = await rows<Row>(slots, [slotBytes])
    return found.map(({ subject, kept, inactiveMs, isLost, statement }) => {
      const since = inactiveMs === null ? '' : ` for ${spanText(inactiveMs)}`
      const state = isLost ? 'what it needs is gone, so that its replica must be made anew' : `it keeps ${kept} of the log`
      return { subject, problem: `was not read${since}, and ${state}`, statements: [statement] }
    })
  },
}
