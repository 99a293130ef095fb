import type { EntityManager } from 'typeorm'

/** Whatever runs SQL. Statements are constants with `$n` parameters: each is prepared once per connection under a name made from its text. */
export interface Queryable {
  query<Row extends object = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>
}

/** A statement whose rows nobody asks for. */
export interface LastStatement {
  sql: string
  parameters: readonly unknown[]
}

/** One transaction on the primary. `manager` is TypeORM's, for entities; both speak on the same connection. */
export interface Transaction extends Queryable {
  /** The Postgres schema of the module that opened it, which is also the one whose outbox and inbox it writes. */
  readonly schema: string
  readonly manager: EntityManager
  /**
   * Sends a statement right ahead of the commit. It is asked for when the work is done, after all that the work has sent, and where it fails nothing is
   * committed. Alone it needs no transaction around it: one round trip.
   */
  withCommit(statement: () => LastStatement): void
  /** Runs when the commit is confirmed, never after a roll-back. For wake-ups and caches only: a crash in between loses it. */
  afterCommit(hook: () => void): void
}

/**
 * The database as one module sees it. The token is bound to the module's own schema: import `DatabaseModule.forSchema('content')`.
 * Times come as RFC 3339 strings with milliseconds, int8 as numbers (an int8 beyond 2^53 is an error), json as values.
 */
export abstract class Database {
  abstract readonly schema: string

  /**
   * Runs work in one transaction on the primary and commits it. The time left of the current call goes out with BEGIN as `statement_timeout`.
   * Serialization failures and deadlocks are tried again, up to 3 times in all, so work must have no effects outside the transaction.
   */
  abstract write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>

  /** Runs one or more statements outside of a transaction, on the primary. Statements that outlive the call's deadline are cancelled. */
  abstract read<T>(work: (queryable: Queryable) => Promise<T>): Promise<T>
}
