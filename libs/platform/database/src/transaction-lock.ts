import type { Queryable } from './database.js'

const lock = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))'

/**
 * Waits until no other transaction of the database holds the lock with this name, and holds it until this transaction ends. For work that must not run twice
 * at once and has no row to lock. Begin the name with that of the module: `search.lexicon`.
 */
export async function lockByName(transaction: Queryable, name: string): Promise<void> {
  await transaction.query(lock, [name])
}
