import { type BackfillStep, stepName } from './migration.js'
import { quotedName, requireTableName, type TableName } from './table-name.js'

export interface BackfillOptions {
  /** With its schema: `content.post`. */
  table: string
  /** The column of the primary key, or its columns in order. The table is walked along it. */
  key: string | readonly string[]
  /** What follows `SET`: `slug = lower(title)`. Reviewed SQL, without parameters. */
  set: string
  /** Rows that need it: `slug IS NULL`. Without it, all rows are written. */
  where?: string
  /** Most rows of one batch: 5,000. Batches that take longer than 200 ms get smaller, because a writer of one of their rows waits for the end of the batch. */
  batch?: number
  /** The pause after a batch, as a multiple of the time that the batch took: 1, so that half the time is left to others. */
  pause?: number
  /** The next batch waits while a replica is further behind than this, in milliseconds: 5,000. */
  maxLagMs?: number
  /** Or further behind than this, in bytes of the log: 64 MiB. */
  maxLagBytes?: number
}

export interface Backfill {
  readonly table: TableName
  readonly key: readonly string[]
  readonly set: string
  readonly where: string
  readonly batch: number
  readonly pause: number
  readonly maxLagMs: number
  readonly maxLagBytes: number
}

/**
 * Fills a column of a big table in batches, each in a short transaction. How far it is stands in the table `migration_progress` of the schema, so that a killed process
 * goes on where it stopped. How it is paced may change after it ran, what it writes may not.
 * `export const fillSlug = backfill('202612010200-fill-slug', { table: 'content.post', key: 'id', set: 'slug = lower(title)', where: 'slug IS NULL' })`
 *
 * Rows that are added meanwhile are its business only if they sort after the last one done: writers have to fill the column themselves before it begins.
 */
export function backfill(name: string, { table, key, set, where = 'true', ...pace }: BackfillOptions): BackfillStep {
  const { batch = 5_000, pause = 1, maxLagMs = 5_000, maxLagBytes = 64 * 1_048_576 } = pace
  if (!Number.isInteger(batch) || batch < 1 || batch > 100_000) throw new Error(`migration ${name}: batch is a number of rows from 1 to 100,000`)
  if (!(pause >= 0 && pause <= 100)) throw new Error(`migration ${name}: pause is from 0 to 100 times the time of a batch`)
  const source = { table: requireTableName(table), key: [key].flat(), set, where, batch, pause, maxLagMs, maxLagBytes }
  return Object.freeze({ kind: 'backfill', name: stepName(name), up: [updateText(source)], backfill: source })
}

/** The update without its batches: what is reviewed, hashed and checked. */
function updateText({ table, set, where }: Pick<Backfill, 'table' | 'set' | 'where'>): string {
  return ['UPDATE', quotedName(table), 'SET', set, 'WHERE', where].join(' ')
}
