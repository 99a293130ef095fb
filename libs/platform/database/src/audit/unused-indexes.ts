import type { Check } from './check.js'
import { spanText } from './span-text.js'
import { statisticsSpanMs } from './statistics-span.js'

interface Row {
  subject: string
  table: string
  size: string
  hasReplicas: boolean
  statement: string
}

/** Parts of a partitioned index count together. What guards a constraint is used by every write, and what carries a foreign key by every delete elsewhere. */
const indexes = `
  WITH counted AS (
    SELECT coalesce(pg_partition_root(s.indexrelid), s.indexrelid) AS id, sum(s.idx_scan) AS scans, sum(pg_relation_size(s.indexrelid)) AS bytes
    FROM pg_stat_user_indexes s
    GROUP BY 1
  )
  SELECT i.indexrelid::regclass::text AS subject, i.indrelid::regclass::text AS table, pg_size_pretty(t.bytes) AS size,
    EXISTS (SELECT FROM pg_stat_replication) AS "hasReplicas",
    format('DROP INDEX %s%s', CASE c.relkind WHEN 'I' THEN '' ELSE 'CONCURRENTLY ' END, i.indexrelid::regclass) AS statement
  FROM counted t
  JOIN pg_index i ON i.indexrelid = t.id
  JOIN pg_class c ON c.oid = t.id
  WHERE t.scans = 0 AND t.bytes >= $1 AND i.indisvalid AND NOT i.indisunique AND NOT i.indisexclusion AND NOT i.indisreplident
    AND NOT EXISTS (
      SELECT FROM pg_constraint k
      WHERE k.contype = 'f' AND k.conrelid = i.indrelid AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
    )
  ORDER BY t.bytes DESC`

/** Indexes that no statement has used. */
export const unusedIndexes: Check = {
  kind: 'unused-index',
  severity: 'minor',
  title: 'Indexes that nothing uses',
  harm: 'Every write keeps them up to date. Before you drop one, think of reports that run once a quarter, and of statements that are still to come.',
  async find(look) {
    const spanMs = await statisticsSpanMs(look)
    const { countedForMs, unusedIndexBytes } = look.limits
    if (spanMs < countedForMs) {
      look.skip(`the server has counted scans for ${spanText(spanMs)}, and ${spanText(countedForMs)} are needed to tell`)
      return []
    }
    const found = await look.rows<Row>(indexes, [unusedIndexBytes])
    return found.map((row) => ({ subject: row.subject, problem: problemOf(row, spanMs), statements: [row.statement] }))
  },
}

function problemOf({ table, size, hasReplicas }: Row, spanMs: number): string {
  const since = new Date(Date.now() - spanMs).toISOString().slice(0, 10)
  const replicas = hasReplicas ? '. Its replicas count for themselves: ask each of them too' : ''
  return `of ${table} (${size}) was not used since ${since}, ${spanText(spanMs)} ago, when counting began${replicas}`
}
