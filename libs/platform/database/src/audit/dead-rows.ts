import type { Check } from './check.js'
import { spanText } from './span-text.js'

interface Row {
  subject: string
  size: string
  dead: number
  share: number
  vacuumedMs: number | null
  isLeftOut: boolean
  statements: string[]
}

const tables = `
  SELECT s.relid::regclass::text AS subject, pg_size_pretty(pg_relation_size(s.relid)) AS size, s.n_dead_tup::float8 AS dead,
    s.n_dead_tup::float8 / (s.n_live_tup + s.n_dead_tup) AS share, extract(epoch FROM now() - v.vacuumed)::float8 * 1000 AS "vacuumedMs", o.off AS "isLeftOut",
    CASE WHEN o.off THEN ARRAY[format('ALTER TABLE %s RESET (autovacuum_enabled)', s.relid::regclass)] ELSE '{}' END
      || format('VACUUM (ANALYZE) %s', s.relid::regclass) AS statements
  FROM pg_stat_user_tables s
  JOIN pg_class c ON c.oid = s.relid
  CROSS JOIN LATERAL (SELECT greatest(s.last_vacuum, s.last_autovacuum) AS vacuumed) v
  CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM pg_options_to_table(c.reloptions) WHERE option_name = 'autovacuum_enabled' AND NOT option_value::boolean) AS off
  ) o
  WHERE pg_relation_size(s.relid) >= $1 AND s.n_dead_tup > 0 AND s.n_dead_tup >= $2::float8 * (s.n_live_tup + s.n_dead_tup)
    AND (v.vacuumed IS NULL OR v.vacuumed < now() - $3 * interval '1 ms')
  ORDER BY s.n_dead_tup DESC`

/** Big tables with many dead rows. */
export const deadRows: Check = {
  kind: 'dead-rows',
  severity: 'harmful',
  title: 'Tables full of dead rows',
  harm: 'Every scan reads the dead rows too. VACUUM cannot remove what a long transaction may still see: end that first.',
  async find({ rows, limits: { bigTableBytes, deadShare, vacuumedWithinMs } }) {
    const found = await rows<Row>(tables, [bigTableBytes, deadShare, vacuumedWithinMs])
    return found.map((row) => ({ subject: row.subject, problem: problemOf(row), statements: row.statements }))
  },
}

function problemOf({ size, dead, share, vacuumedMs, isLeftOut }: Row): string {
  const vacuumed = vacuumedMs === null ? 'was never vacuumed' : `was vacuumed ${spanText(vacuumedMs)} ago`
  return `(${size}) has ${dead} dead rows, ${Math.round(share * 100)}%, and ${vacuumed}${isLeftOut ? '; autovacuum is switched off for it' : ''}`
}
