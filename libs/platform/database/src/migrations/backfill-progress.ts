import type { MigrationTable } from './migration-table.js'
import { hashOf } from './migration-table.js'
import type { BackfillStep } from './migration.js'

/** Where a backfill stands. */
export interface BackfillPlace {
  /** The key of the last row done, as text; null at the beginning. */
  lastKey: readonly string[] | null
  /** Rows walked over so far, in all runs. */
  seen: number
  /** Rows of them that were written. */
  changed: number
}

/** How far a backfill is. */
export interface BackfillProgress extends BackfillPlace {
  /** All rows of the table, as the server last counted them; null if it never did. */
  about: number | null
}

/** A backfill that was edited before it was done begins again. */
const begin = `
  INSERT INTO migration_progress AS known (name, hash) VALUES ($1, $2)
  ON CONFLICT (name) DO UPDATE SET
    hash = excluded.hash,
    last_key = CASE WHEN known.hash = excluded.hash THEN known.last_key END,
    rows_seen = CASE WHEN known.hash = excluded.hash THEN known.rows_seen ELSE 0 END,
    rows_changed = CASE WHEN known.hash = excluded.hash THEN known.rows_changed ELSE 0 END
  RETURNING last_key AS "lastKey", rows_seen::float8 AS seen, rows_changed::float8 AS changed`

const save = `UPDATE migration_progress SET last_key = $2, rows_seen = $3, rows_changed = $4, updated_at = now() WHERE name = $1`

/** Where a backfill stands: at its beginning, or where an earlier process was stopped. */
export async function beginBackfill(table: MigrationTable, step: BackfillStep): Promise<BackfillPlace> {
  const [place] = await table.withinSchema<BackfillPlace>(begin, [step.name, hashOf(step)])
  return place!
}

/** Part of the transaction of the batch, so that no batch is done twice. */
export async function saveProgress(table: MigrationTable, { name }: BackfillStep, { lastKey, seen, changed }: BackfillPlace): Promise<void> {
  await table.withinSchema(save, [name, lastKey, seen, changed])
}
