import type { Check } from './check.js'

interface Row {
  subject: string
  referred: string
  statement: string
}

/**
 * An index serves if its first columns are those of the key, in any order. A partial one serves only without the rows that have no key. Keys of partitions
 * belong to those of their tables.
 */
const keys = `
  SELECT format('%s (%s)', k.conrelid::regclass, a.columns) AS subject, k.confrelid::regclass::text AS referred,
    format('CREATE INDEX %sON %s (%s)', CASE c.relkind WHEN 'p' THEN '' ELSE 'CONCURRENTLY ' END, k.conrelid::regclass, a.columns) AS statement
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY key.place) AS columns
    FROM unnest(k.conkey) WITH ORDINALITY AS key (attnum, place)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.attnum
  ) a
  WHERE k.contype = 'f' AND k.conparentid = 0 AND NOT starts_with(n.nspname, 'pg_')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    AND NOT EXISTS (
      SELECT FROM pg_index i
      JOIN pg_class ic ON ic.oid = i.indexrelid
      JOIN pg_am m ON m.oid = ic.relam AND m.amname IN ('btree', 'hash')
      WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indnkeyatts >= cardinality(k.conkey)
        AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
        AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = format('(%s IS NOT NULL)', a.columns))
    )
  ORDER BY pg_relation_size(k.conrelid) DESC, subject`

/** Foreign keys whose referencing columns no index begins with. */
export const foreignKeysWithoutIndex: Check = {
  kind: 'foreign-key-without-index',
  severity: 'harmful',
  title: 'Foreign keys without an index on the columns that refer',
  harm: 'To delete a row, or change its key, PostgreSQL reads all of the table that refers to it.',
  async find({ rows }) {
    const found = await rows<Row>(keys)
    return found.map(({ subject, referred, statement }) => ({
      subject,
      problem: `refers to ${referred}, and no index begins with it`,
      statements: [statement],
    }))
  },
}
