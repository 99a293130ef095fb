import type { Check } from './check.js'
import { spanText } from './span-text.js'
import { statisticsSpanMs } from './statistics-span.js'

interface Row {
  subject: string
  size: string
  scans: number
  rowsPerScan: number
  indexScans: number
  statements: string[]
}

/** Partitions count for their table, which would get the index. Counters are never lowered by an index, so they are reset once it is there. */
const tables = `
  WITH counted AS (
    SELECT coalesce(pg_partition_root(s.relid), s.relid) AS relid, sum(pg_relation_size(s.relid)) AS bytes, sum(s.seq_scan) AS scans,
      sum(s.seq_tup_read) AS read, sum(coalesce(s.idx_scan, 0)) AS index_scans, sum(coalesce(s.idx_tup_fetch, 0)) AS fetched, array_agg(s.relid) AS parts
    FROM pg_stat_user_tables s
    WHERE NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhparent = s.relid)
    GROUP BY 1
  )
  SELECT t.relid::regclass::text AS subject, pg_size_pretty(t.bytes) AS size, t.scans::float8, (t.read / t.scans)::float8 AS "rowsPerScan",
    t.index_scans::float8 AS "indexScans",
    format('CREATE INDEX %sON %s (<the columns that its statements filter by>)', CASE c.relkind WHEN 'p' THEN '' ELSE 'CONCURRENTLY ' END, c.oid::regclass)
      || ARRAY(SELECT format('SELECT pg_stat_reset_single_table_counters(%L::regclass)', part::regclass) FROM unnest(t.parts) part) AS statements
  FROM counted t
  JOIN pg_class c ON c.oid = t.relid
  WHERE t.bytes >= $1 AND t.scans >= greatest($2, 1) AND t.read / t.scans >= $3 AND t.read > t.fetched
  ORDER BY t.read DESC`

/** Big tables that are read as a whole again and again. */
export const sequentialScans: Check = {
  kind: 'sequential-scans',
  severity: 'harmful',
  title: 'Big tables that are read as a whole, for want of an index',
  harm: 'Each such statement takes as long as its table is big. The counters do not say which it is: EXPLAIN, and the log of slow statements, do.',
  async find(look) {
    const { bigTableBytes, sequentialScans: least, sequentialScansPerDay, rowsPerScan } = look.limits
    const spanMs = await statisticsSpanMs(look)
    const scans = Math.ceil(Math.max(least, (sequentialScansPerDay * spanMs) / 86_400_000))
    const found = await look.rows<Row>(tables, [bigTableBytes, scans, rowsPerScan])
    return found.map((row) => ({ subject: row.subject, problem: problemOf(row, spanMs), statements: row.statements }))
  },
}

const problemOf = ({ size, scans, rowsPerScan, indexScans }: Row, spanMs: number): string =>
  `(${size}) was read ${scans} times in ${spanText(spanMs)}, ${Math.round(rowsPerScan)} rows each time, and ${indexScans} times by an index`
