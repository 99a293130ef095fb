import { Expiry, portErrors } from '@kilomega/ports'
import type { PoolClient, QueryResult } from 'pg'
import { cancelStatement } from './cancel-statement.js'
import { codeOf, databaseErrors, isCancelled, isFull, isUnavailable } from './database-errors.js'
import { freshnessOf, type LogPosition, readPosition } from './freshness.js'
import type { Statement, Statements } from './statements.js'

const expiry = new Expiry()

/** In milliseconds: how long a cancelled statement may take to end. A server that hangs does not cancel: then the connection is dropped. */
const cancelGraceMs = 1_000

/** In milliseconds. A server that hangs does not enforce its own `statement_timeout`: this much later the connection is dropped here. */
const hungAfterMs = 5_000

/** 'cached plan must not change result type': a migration changed a table used by a prepared statement. A new connection prepares it again. */
const stalePlan = '0A000'

/** 'current transaction is aborted, commands ignored until end of transaction block' */
const inFailedTransaction = '25P02'

const swallowed = 'a statement of the transaction failed and its error was swallowed: everything is rolled back'

export interface SessionOptions {
  /** On the monotonic clock. */
  deadlineMs: number
  statementTimeoutMs: number
  /** Whether commits report how fresh a replica must be to have them. Costs no round trip of its own after a transaction. */
  reportsFreshness: boolean
  /** Whether the server keeps what is prepared for this connection. */
  namesStatements: boolean
}

/** One connection, used by one piece of work. At the deadline the running statement is cancelled and nothing more is sent. */
export class Session {
  private readonly stopWatching: () => void
  private tail: Promise<void> = Promise.resolve()
  private running = 0
  private broken = false
  private expired = false
  private closed = false
  private cancelling: Promise<void> | undefined
  private beginStatements: readonly string[] = []
  /** Tracked here instead of asking the client: it learns of an error before it learns the state of the transaction. */
  private hasBegun = false
  /** BEGIN failed, or a statement did not reach the server, which then would not refuse the following ones: nothing more is sent. */
  private hasFailed = false

  constructor(
    private readonly client: PoolClient,
    private readonly statements: Statements,
    private readonly options: SessionOptions,
  ) {
    const { deadlineMs } = options
    this.stopWatching = deadlineMs === Infinity ? () => undefined : expiry.at(deadlineMs, () => this.expire())
  }

  /** Runs one statement at a time, in order, even if the work sends several at once. */
  run<Row extends object>(statement: Statement): Promise<QueryResult<Row>> {
    return this.inTurn(() => {
      if (this.closed) throw new Error('a statement was sent after the end of its read or write: await every statement')
      if (this.expired) throw portErrors.DEADLINE_EXCEEDED()
      if (this.hasFailed) throw new Error(swallowed)
      return this.send<Row>(statement)
    })
  }

  /** Sent before the first statement. If none follows, there is nothing to commit. */
  begin(...statements: string[]): void {
    this.beginStatements = statements
  }

  /**
   * The last statement is sent before the commit, or alone if it is the only one. A commit in progress is not cancelled, because its outcome would then be
   * unknown. Resolves with the freshness that includes it, if that is reported and something was committed.
   */
  async commit(last?: Statement): Promise<string | undefined> {
    await this.tail
    if (this.expired) throw portErrors.DEADLINE_EXCEEDED()
    if (last !== undefined && this.beginStatements.length > 0) return this.commitAlone(last)
    if (this.hasFailed) throw new Error(swallowed)
    if (last !== undefined) await this.sendLast(last)
    if (this.expired) throw portErrors.DEADLINE_EXCEEDED()
    this.stopWatching()
    if (this.beginStatements.length > 0) return undefined
    const [{ command }, position] = [await this.inTurn(() => this.client.query(this.commitText))].flat() as [QueryResult, QueryResult<LogPosition>?]
    if (command !== 'COMMIT') throw new Error(swallowed)
    return position && freshnessOf(position.rows[0]!)
  }

  /** Resolves even if it fails: the error that led here is the one to report. */
  async rollBack(): Promise<void> {
    this.stopWatching()
    if (!this.hasBegun) return
    try {
      await this.inTurn(() => this.client.query('ROLLBACK'))
    } catch {
      this.broken = true
    }
  }

  /** How fresh a replica must be to have what was committed so far. */
  async freshness(): Promise<string> {
    const { rows } = await this.inTurn(() => this.client.query<LogPosition>(this.positionQuery))
    return freshnessOf(rows[0]!)
  }

  /** Returns the connection to the pool. It is discarded if it is unusable, a statement is still running on it or a transaction is still open. */
  async close(): Promise<void> {
    this.closed = true
    this.stopWatching()
    await this.cancelling
    this.client.release(this.broken || this.running > 0 || this.client.getTransactionStatus() !== 'I')
  }

  /** A single statement is its own transaction and can be cancelled: its answer gives the outcome. */
  private async commitAlone(last: Statement): Promise<string | undefined> {
    this.beginStatements = []
    await this.inTurn(() => this.send(last))
    return this.options.reportsFreshness ? this.freshness() : undefined
  }

  private async sendLast(last: Statement): Promise<void> {
    try {
      await this.inTurn(() => this.send(last))
    } catch (error) {
      throw codeOf(error) === inFailedTransaction ? new Error(swallowed) : error
    }
  }

  private async send<Row extends object>(statement: Statement): Promise<QueryResult<Row>> {
    if (this.beginStatements.length > 0) await this.sendBegin()
    try {
      return await this.statements.run<Row>(this.client, statement, this.options.namesStatements)
    } catch (error) {
      this.hasFailed ||= this.hasBegun && codeOf(error) === undefined
      throw error
    }
  }

  /** Waits for the answer before anything else is sent: what does not run inside the transaction must not run at all. */
  private async sendBegin(): Promise<void> {
    const text = this.beginStatements.join('; ')
    this.beginStatements = []
    this.hasBegun = true
    try {
      await this.client.query(text)
    } catch (error) {
      this.hasFailed = true
      throw error
    }
    if (this.expired) throw portErrors.DEADLINE_EXCEEDED()
  }

  private get positionQuery(): { text: string; name?: string } {
    return this.options.namesStatements ? { name: 'position', text: readPosition } : { text: readPosition }
  }

  private get commitText(): string {
    return this.options.reportsFreshness ? `COMMIT; ${readPosition}` : 'COMMIT'
  }

  /** The promise that it returns is awaited by the caller alone: with a second listener, stacks would end here instead of naming the caller. */
  private inTurn<T>(send: () => Promise<T>): Promise<T> {
    const before = this.running === 0 ? undefined : this.tail
    const { promise, resolve: end } = Promise.withResolvers<void>()
    this.tail = promise
    this.running += 1
    return this.attempt(send, before, end)
  }

  /** Timed here and not with pg's `query_timeout`: its timer per statement keeps the rows read alive until the next full garbage collection. */
  private async attempt<T>(send: () => Promise<T>, before: Promise<void> | undefined, end: () => void): Promise<T> {
    if (before !== undefined) await before
    const answered = expiry.at(performance.now() + this.options.statementTimeoutMs + hungAfterMs, () => this.giveUp())
    try {
      return await send()
    } catch (error) {
      throw this.explain(error)
    } finally {
      answered()
      this.running -= 1
      end()
    }
  }

  private explain(error: unknown): unknown {
    if (codeOf(error) === stalePlan) this.broken = true
    if (this.expired || isCancelled(error)) return portErrors.DEADLINE_EXCEEDED(undefined, error)
    if (isFull(error)) return databaseErrors.DATABASE_FULL(undefined, error)
    if (!isUnavailable(error)) return error
    this.broken = true
    return portErrors.DEPENDENCY_UNAVAILABLE({ dependency: 'database' }, error)
  }

  private expire(): void {
    this.expired = true
    if (this.running === 0) return
    const givenUp = setTimeout(() => this.giveUp(), cancelGraceMs)
    void this.tail.then(() => clearTimeout(givenUp))
    this.cancelling = cancelStatement(this.client)
  }

  /** Ends the connection: whoever waits for an answer gets an error now. */
  giveUp(): void {
    this.broken = true
    void this.client.end()
  }
}
