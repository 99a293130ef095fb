import type { Check, Look } from './check.js'

interface Row {
  subject: string
  last: string
  most: string
  share: number
  statements: string[]
}

/** The end is that of the sequence or that of the type of its column, whichever comes first. Columns that refer to it by a foreign key end at the same number. */
const sequences = `
  WITH sequence AS (
    SELECT s.seqrelid, s.seqincrement > 0 AS ascends, p.last_value, a.attrelid, a.attnum, a.attname, format_type(a.atttypid, NULL) AS type,
      CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END::numeric AS first,
      CASE WHEN s.seqincrement > 0
        THEN least(s.seqmax, CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 END)
        ELSE greatest(s.seqmin, CASE a.atttypid WHEN 'int2'::regtype THEN -32768 WHEN 'int4'::regtype THEN -2147483648 END)
      END::numeric AS most
    FROM pg_sequence s
    JOIN pg_class c ON c.oid = s.seqrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_sequences p ON p.schemaname = n.nspname AND p.sequencename = c.relname
    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
      AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE NOT s.seqcycle
  ), widened AS (
    SELECT s.seqrelid, s.attrelid AS relid, s.attname FROM sequence s
    UNION ALL
    SELECT s.seqrelid, k.conrelid, a.attname
    FROM sequence s
    JOIN pg_constraint k ON k.contype = 'f' AND k.conparentid = 0 AND k.confrelid = s.attrelid AND k.confkey = ARRAY[s.attnum]
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] AND a.atttypid IN ('int2'::regtype, 'int4'::regtype)
  )
  SELECT
    CASE WHEN s.attname IS NULL THEN s.seqrelid::regclass::text ELSE format('%s (%I)', s.attrelid::regclass, s.attname) END AS subject,
    s.last_value::text AS last, s.most::text, u.share::float8,
    CASE WHEN s.type IN ('smallint', 'integer') THEN ARRAY(
      SELECT format('ALTER TABLE %s ALTER COLUMN %I TYPE bigint', w.relid::regclass, w.attname) FROM widened w WHERE w.seqrelid = s.seqrelid
    ) ELSE '{}' END
      || format('ALTER SEQUENCE %s AS bigint NO %s', s.seqrelid::regclass, CASE WHEN s.ascends THEN 'MAXVALUE' ELSE 'MINVALUE' END) AS statements
  FROM sequence s, LATERAL (SELECT (s.last_value - s.first) / nullif(s.most - s.first, 0) AS share) u
  WHERE u.share >= $1
  ORDER BY u.share DESC`

const unreadable = `
  SELECT count(*)::int AS count FROM pg_sequence WHERE NOT has_sequence_privilege(seqrelid, 'SELECT') AND NOT has_sequence_privilege(seqrelid, 'USAGE')`

/** Sequences and identity columns that will run out of numbers. */
export const endingSequences: Check = {
  kind: 'ending-sequence',
  severity: 'harmful',
  title: 'Sequences near their last number',
  harm: 'After the last number every insert fails. Changing the type writes the table anew and blocks it for as long.',
  async find(look) {
    await reportUnreadable(look)
    const found = await look.rows<Row>(sequences, [look.limits.sequenceShare])
    return found.map(({ subject, last, most, share, statements }) => ({
      subject,
      problem: `has used ${Math.floor(share * 100)}% of its numbers: it is at ${last} of ${most}`,
      statements,
    }))
  },
}

async function reportUnreadable({ rows, skip }: Look): Promise<void> {
  const [{ count } = { count: 0 }] = await rows<{ count: number }>(unreadable)
  if (count > 0) skip(`this user may not read ${count} sequences: GRANT SELECT on them`)
}
