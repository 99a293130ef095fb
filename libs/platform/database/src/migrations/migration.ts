import type { Backfill } from './backfill.js'
import type { OutsideStatement } from './outside-statement.js'

interface Step {
  /** `<yyyymmddhhmm>-<verb-noun>`; steps run in order of name. */
  readonly name: string
  /** Statements without parameters; each names its schema. Their hash tells whether a step was edited after it ran. */
  readonly up: readonly string[]
}

/** All statements run in one transaction with a `lock_timeout` of 2 s. */
export interface TransactionStep extends Step {
  readonly kind: 'transaction'
}

/** One statement that Postgres only runs outside of a transaction, or that would hold locks of one for too long. Repeated if it was interrupted. */
export interface OutsideStep extends Step {
  readonly kind: 'outside'
  readonly statement: OutsideStatement
}

/** One `UPDATE` that runs in batches, each in a transaction of its own. Continued where it was interrupted. */
export interface BackfillStep extends Step {
  readonly kind: 'backfill'
  readonly backfill: Backfill
}

/** One step of a schema: plain, reviewed SQL. A step that has run is never edited: correct it with a further step. */
export type Migration = TransactionStep | OutsideStep | BackfillStep

/** `export const createPosts = migration('202611240100-create-posts', 'CREATE TABLE content.post (…)', 'CREATE INDEX …')` */
export function migration(name: string, ...up: string[]): TransactionStep {
  return Object.freeze({ kind: 'transaction', name: stepName(name), up })
}

/** Throws unless a step is named by the minute and what it does. */
export function stepName(name: string): string {
  if (!/^\d{12}-[a-z0-9-]+$/.test(name)) throw new Error(`migration ${name}: a name is <yyyymmddhhmm>-<verb-noun>`)
  return name
}
