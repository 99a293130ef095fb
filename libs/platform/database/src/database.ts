import type { EntityManager } from 'typeorm'

/** Anything that runs SQL. Statements are constants with `$n` parameters: each is prepared once per connection under a name derived from its text. */
export interface Queryable {
  query<Row extends object = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>
}

/** Reads. `manager` is TypeORM's, for entities; both use the same connection. */
export interface Reading extends Queryable {
  readonly manager: EntityManager
}

/** A statement whose rows are not read. */
export interface LastStatement {
  sql: string
  parameters: readonly unknown[]
}

/** One transaction on the primary. `manager` is TypeORM's, for entities; both use the same connection. */
export interface Transaction extends Queryable {
  /** The Postgres schema of the module that opened the transaction. Its outbox and inbox are in the same schema. */
  readonly schema: string
  readonly manager: EntityManager
  /**
   * Sends a statement right before the commit. `statement` is called when the work is done, and its statement goes out after all statements of the work. If
   * it fails, nothing is committed. As the only statement it needs no surrounding transaction: one round trip.
   */
  withCommit(statement: () => LastStatement): void
  /** Runs once the commit is confirmed, never after a rollback. For wake-ups and caches only: a crash between commit and hook loses it. */
  afterCommit(hook: () => void): void
}

/**
 * The database as one module sees it. The token is bound to the module's own schema: import `DatabaseModule.forSchema('content')`. Timestamps are returned as
 * RFC 3339 strings with milliseconds, int8 as numbers (an int8 beyond 2^53 is an error), json as values.
 *
 * A repository from `@InjectRepository` joins the read or write in which it is used. Elsewhere each of its calls takes a connection for itself, and a save is
 * a transaction of its own, without the retries of `write`.
 */
export abstract class Database {
  abstract readonly schema: string

  /** Whether other servers than the primary may answer reads. */
  abstract readonly hasReplicas: boolean

  /**
   * Runs work in one transaction on the primary and commits it. The time left of the current call is sent with BEGIN as `statement_timeout`. Serialization
   * failures and deadlocks are retried, up to 3 attempts in all, so work must have no effects outside the transaction.
   */
  abstract write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>

  /**
   * Runs one or more statements outside a transaction: on a replica that is fresh enough for the current call, else on the primary. If the replica fails, the
   * work is done again, so it must have no effects. Statements that outlive the deadline of the call are cancelled. A statement of the manager that writes is
   * refused.
   */
  abstract read<T>(work: (reading: Reading) => Promise<T>): Promise<T>

  /**
   * Like `read`, for what takes long, such as statistics over many rows: all reports of this process together use a quarter of its connections to a server at most, so
   * that no reader waits for them. One that gets no connection within `DATABASE_CONNECT_TIMEOUT_MS` is refused with `POOL_SATURATED`.
   */
  abstract report<T>(work: (reading: Reading) => Promise<T>): Promise<T>
}
