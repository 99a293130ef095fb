import type { Check } from './check.js'

interface Row {
  subject: string
  table: string
  keeper: string
  isSame: boolean
  size: string
  statement: string
}

/**
 * One index makes another redundant if it begins with the same columns, in the same order and sorted in the same way, over the same rows. Of two that are the
 * same, the one stays that guards a constraint, or is unique, or is older. What a foreign key relies on always stays.
 */
const indexes = `
  WITH index AS (
    SELECT i.indexrelid AS id, i.indrelid, i.indisunique, i.indnkeyatts AS width, m.amname, c.relkind, k.conname, i.indnullsnotdistinct,
      coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS rows,
      ARRAY(
        SELECT concat_ws(' ', pg_get_indexdef(i.indexrelid, n, false), i.indclass[n - 1], i.indcollation[n - 1], i.indoption[n - 1])
        FROM generate_series(1, i.indnkeyatts) n ORDER BY n
      ) AS keys,
      ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, false) FROM generate_series(1, i.indnatts) n) AS columns,
      (i.indisprimary::int, (k.conname IS NOT NULL)::int, i.indisunique::int, -i.indexrelid::int8) AS worth
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_am m ON m.oid = c.relam
    LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
    WHERE i.indisvalid AND NOT c.relispartition AND NOT i.indisexclusion AND NOT starts_with(n.nspname, 'pg_')
      AND (NOT i.indisunique OR i.indimmediate)
  )
  SELECT DISTINCT ON (a.id) a.id::regclass::text AS subject, a.indrelid::regclass::text AS table, b.id::regclass::text AS keeper, a.keys = b.keys AS "isSame",
    pg_size_pretty(pg_relation_size(a.id)) AS size,
    CASE WHEN a.conname IS NOT NULL THEN format('ALTER TABLE %s DROP CONSTRAINT %I', a.indrelid::regclass, a.conname)
      ELSE format('DROP INDEX %s%s', CASE a.relkind WHEN 'I' THEN '' ELSE 'CONCURRENTLY ' END, a.id::regclass)
    END AS statement
  FROM index a
  JOIN index b ON b.indrelid = a.indrelid AND b.id <> a.id AND b.amname = a.amname AND b.rows = a.rows
    AND b.keys[1:a.width] = a.keys AND b.columns @> a.columns AND (a.amname = 'btree' OR b.width = a.width)
  WHERE (NOT a.indisunique OR b.indisunique AND b.width = a.width AND b.indnullsnotdistinct = a.indnullsnotdistinct)
    AND (a.worth < b.worth OR a.keys <> b.keys OR cardinality(a.columns) < cardinality(b.columns))
    AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = a.id)
  ORDER BY a.id, b.worth DESC`

/** Indexes that another index of the same table can stand in for. */
export const redundantIndexes: Check = {
  kind: 'redundant-index',
  severity: 'minor',
  title: 'Indexes that another index makes redundant',
  harm: 'Every write keeps both up to date, and both take memory and disk.',
  async find({ rows }) {
    const found = await rows<Row>(indexes)
    return found.map(({ subject, table, keeper, isSame, size, statement }) => ({
      subject,
      problem: `of ${table} (${size}) ${isSame ? 'is the same as' : 'has only the first columns of'} ${keeper}`,
      statements: [statement],
    }))
  },
}
