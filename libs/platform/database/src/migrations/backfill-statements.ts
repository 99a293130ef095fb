import { type Client, escapeIdentifier } from 'pg'
import type { Backfill } from './backfill.js'
import { MigrationError } from './migration-error.js'
import { quotedName } from './table-name.js'

/** The two statements of a batch. `$1…` is the key after which the batch begins, if there is one. */
export interface BatchStatements {
  /** Returns `last`, the key of the last row of a batch of at most `$n` rows, and `seen`, how many rows it has. */
  find(after: readonly string[] | null): string
  /** Writes the rows after `$1…` up to the key that follows. */
  write(after: readonly string[] | null): string
}

/** The types of the columns of a unique index on exactly these columns, in this order. */
const keyTypes = `
  SELECT array_agg(format_type(atttypid, atttypmod) ORDER BY place) AS types
  FROM pg_index
  CROSS JOIN LATERAL unnest(indkey::int2[]) WITH ORDINALITY AS part (attnum, place)
  JOIN pg_attribute USING (attnum)
  WHERE indrelid = to_regclass($1) AND attrelid = indrelid AND indisunique AND indisvalid AND indpred IS NULL AND place <= indnkeyatts
  GROUP BY indexrelid
  HAVING array_agg(attname::text ORDER BY place) = $2 AND bool_and(attnotnull)`

const findBatch = `
  WITH batch AS MATERIALIZED (SELECT {key} FROM {table} WHERE {is after} ORDER BY {key} LIMIT {$n})
  SELECT ARRAY[{last}] AS last, (SELECT count(*)::int FROM batch) AS seen FROM batch ORDER BY {descending} LIMIT 1`

const writeBatch = `UPDATE {table} SET {set} WHERE {is after} AND {up to} AND {where}`

/** Throws a `MigrationError` if the key of the backfill is not a key of its table. */
export async function batchStatements(client: Client, source: Backfill): Promise<BatchStatements> {
  const name = quotedName(source.table)
  const { rows } = await client.query<{ types: string[] }>(keyTypes, [name, source.key])
  const types = rows[0]?.types
  if (types === undefined) throw new MigrationError(`${name} has no unique index on ${source.key.join(', ')}: as key, name its primary key`)
  const columns = source.key.map((column) => escapeIdentifier(column))
  const row = `(${columns.join(', ')})`
  const parameters = (first: number): string => `(${types.map((type, index) => `$${first + index}::text::${type}`).join(', ')})`
  const isAfter = (after: readonly string[] | null): string => (after === null ? 'true' : `${row} > ${parameters(1)}`)
  const next = (after: readonly string[] | null): number => (after === null ? 1 : types.length + 1)
  const fill = (sql: string, after: readonly string[] | null): string =>
    sql
      .replaceAll('{table}', () => name)
      .replaceAll('{key}', () => columns.join(', '))
      .replaceAll('{is after}', () => isAfter(after))
      .replaceAll('{$n}', () => `$${next(after)}`)
      .replaceAll('{last}', () => columns.map((column) => `${column}::text`).join(', '))
      .replaceAll('{descending}', () => columns.map((column) => `${column} DESC`).join(', '))
      .replaceAll('{up to}', () => `${row} <= ${parameters(next(after))}`)
      .replaceAll('{set}', () => source.set)
      .replaceAll('{where}', () => `(${source.where})`)
  return { find: (after) => fill(findBatch, after), write: (after) => fill(writeBatch, after) }
}
