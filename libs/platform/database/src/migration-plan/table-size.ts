import type { Client } from 'pg'

/** A table as it is today, with its partitions. */
export interface TableSize {
  /** With its schema: `content.post`. */
  table: string
  /** As last counted by the server; null if it never did. */
  rows: number | null
  /** Without indexes. */
  bytes: number
}

/** `$1` may name an index: then its table is meant. */
const find = `
  WITH named AS (SELECT coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = to_regclass($1)), to_regclass($1)::oid) AS id),
  part AS (SELECT id FROM named UNION SELECT relid FROM named, pg_partition_tree(id))
  SELECT (SELECT format('%s.%s', relnamespace::regnamespace, quote_ident(relname)) FROM pg_class JOIN named ON id = oid) AS table,
    count(*)::int AS parts,
    coalesce(sum(greatest(reltuples, 0)) FILTER (WHERE relkind <> 'p'), 0)::float8 AS rows, bool_or(reltuples < 0 AND relkind <> 'p') AS uncounted,
    coalesce(sum(pg_table_size(oid)), 0)::float8 AS bytes
  FROM pg_class JOIN part ON id = oid WHERE relkind IN ('r', 'p', 'm')`

/** Undefined if there is no such table. */
export async function sizeOf(client: Client, relation: string): Promise<TableSize | undefined> {
  const { rows } = await client.query<{ table: string; parts: number; rows: number; uncounted: boolean; bytes: number }>(find, [relation])
  const [found] = rows
  if (found === undefined || found.parts === 0) return undefined
  return { table: found.table, rows: found.uncounted ? null : found.rows, bytes: found.bytes }
}
