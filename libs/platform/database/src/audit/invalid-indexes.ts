import type { Check } from './check.js'

interface Row {
  subject: string
  table: string
  size: string
  isLeftover: boolean
  statements: string[]
}

/** An index whose building is still in progress is left alone. A partitioned one is complete when each partition has its part. */
const indexes = `
  SELECT i.indexrelid::regclass::text AS subject, i.indrelid::regclass::text AS table, pg_size_pretty(pg_relation_size(i.indexrelid)) AS size,
    c.relname ~ '_cc(new|old)[0-9]*$' AS "isLeftover",
    CASE WHEN c.relkind = 'I' THEN ARRAY[
        format('DROP INDEX %s', i.indexrelid::regclass), replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')]
      WHEN c.relname ~ '_cc(new|old)[0-9]*$' THEN ARRAY[format('DROP INDEX CONCURRENTLY %s', i.indexrelid::regclass)]
      ELSE ARRAY[format('REINDEX INDEX CONCURRENTLY %s', i.indexrelid::regclass)]
    END AS statements
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT (i.indisvalid AND i.indisready AND i.indislive) AND NOT starts_with(n.nspname, 'pg_')
    AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
  ORDER BY pg_relation_size(i.indexrelid) DESC, subject`

/** Indexes that a failed `CREATE INDEX CONCURRENTLY` or `REINDEX CONCURRENTLY` has left behind. */
export const invalidIndexes: Check = {
  kind: 'invalid-index',
  severity: 'harmful',
  title: 'Invalid indexes',
  harm: 'Every write keeps them up to date, but no statement can use them, and a unique one may miss duplicates.',
  async find({ rows }) {
    const found = await rows<Row>(indexes)
    return found.map(({ subject, table, size, isLeftover, statements }) => ({
      subject,
      problem: `of ${table} (${size}) ${isLeftover ? 'was left behind by a REINDEX that failed' : 'was not built to its end, or has duplicates'}`,
      statements,
    }))
  },
}
