import type { LockMode } from './lock-mode.js'

/**
 * What a statement does with a table while it holds its lock: nothing that depends on its size, read all of it, build an index, copy it, write many of its rows in one
 * transaction or in batches, or what cannot be told from its text.
 */
export type Work = 'none' | 'scan' | 'index' | 'rewrite' | 'write' | 'batches' | 'unknown'

/** A table, or an index that stands for its table, and what a statement does with it. */
export interface TableUse {
  /** As the statement names it: `content.post`. */
  relation: string
  lock: LockMode
  work: Work
  /** The column that becomes NOT NULL: a valid check spares the scan. */
  requires?: string
}

export interface StatementUse {
  /** The kind of statement, in the words of SQL: `CREATE INDEX CONCURRENTLY`. */
  what: string
  /** Undefined if it cannot be told from the text, as for a `DO` block. */
  uses: TableUse[] | undefined
}
