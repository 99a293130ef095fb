import type { Check } from './check.js'

interface Row {
  subject: string
  how: 'index' | 'column' | 'new'
  statement: string
}

/** A unique index over columns that are never null can become the key as it is; else a column `id` may be the key, else one is added. */
const tables = `
  SELECT c.oid::regclass::text AS subject,
    CASE WHEN i.name IS NOT NULL THEN 'index' WHEN a.id THEN 'column' ELSE 'new' END AS how,
    CASE WHEN i.name IS NOT NULL THEN format('ALTER TABLE %s ADD PRIMARY KEY USING INDEX %I', c.oid::regclass, i.name)
      WHEN a.id THEN format('ALTER TABLE %s ADD PRIMARY KEY (id)', c.oid::regclass)
      ELSE format('ALTER TABLE %s ADD COLUMN id uuid DEFAULT uuidv7() PRIMARY KEY', c.oid::regclass)
    END AS statement
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'id' AND NOT a.attisdropped) AS id) a
  LEFT JOIN LATERAL (
    SELECT ic.relname AS name
    FROM pg_index i
    JOIN pg_class ic ON ic.oid = i.indexrelid AND ic.relkind = 'i'
    WHERE i.indrelid = c.oid AND c.relkind = 'r' AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
      AND NOT EXISTS (
        SELECT FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) AS key (attnum)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.attnum AND NOT a.attnotnull)
    ORDER BY i.indnkeyatts, ic.relname
    LIMIT 1
  ) i ON true
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND NOT starts_with(n.nspname, 'pg_')
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY pg_relation_size(c.oid) DESC, subject`

const problems = {
  index: 'has none, and a unique index that can become one',
  column: 'has none. If its ids repeat or are missing somewhere, the statement fails and changes nothing',
  new: 'has none. The statement writes it anew and blocks it for as long',
}

/** Tables without a primary key. */
export const tablesWithoutKey: Check = {
  kind: 'table-without-primary-key',
  severity: 'minor',
  title: 'Tables without a primary key',
  harm: 'Two equal rows cannot be told apart, and logical replication can neither update nor delete them.',
  async find({ rows }) {
    const found = await rows<Row>(tables)
    return found.map(({ subject, how, statement }) => ({ subject, problem: problems[how], statements: [statement] }))
  },
}
