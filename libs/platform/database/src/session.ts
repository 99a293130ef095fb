import { Expiry, portErrors } from '@kilomega/ports'
import type { PoolClient, QueryResult } from 'pg'
import { cancelStatement } from './cancel-statement.js'
import { codeOf, databaseErrors, isCancelled, isFull, isUnavailable } from './database-errors.js'
import type { Statement, Statements } from './statements.js'

const expiry = new Expiry()

/** How long a cancelled statement may take to end, milliseconds. A server that hangs does not cancel: then the connection is given up. */
const cancelGraceMs = 1_000

/** A server that hangs does not keep its own `statement_timeout`: this much later the connection is given up here, milliseconds. */
const hungAfterMs = 5_000

/** 'cached plan must not change result type': a migration changed a table under a prepared statement. A new connection prepares it anew. */
const stalePlan = '0A000'

/** 'current transaction is aborted, commands ignored until end of transaction block' */
const inFailedTransaction = '25P02'

const swallowed = 'a statement of the transaction failed and its error was swallowed: everything is rolled back'

/** One connection in the hands of one piece of work. At the deadline what runs is cancelled and nothing more is sent. */
export class Session {
  private readonly stopWatching: () => void
  private tail: Promise<void> = Promise.resolve()
  private running = 0
  private broken = false
  private expired = false
  private closed = false
  private cancelling: Promise<void> | undefined
  private beginning: readonly string[] = []
  /** Known here and not asked of the client: that hears of an error before it hears what has become of the transaction. */
  private hasBegun = false
  /** The beginning failed, or a statement did not reach the server, which does not refuse what follows then: nothing more is sent. */
  private hasFailed = false

  constructor(
    private readonly client: PoolClient,
    private readonly statements: Statements,
    deadlineMs: number,
    private readonly statementTimeoutMs: number,
  ) {
    this.stopWatching = deadlineMs === Infinity ? () => undefined : expiry.at(deadlineMs, () => this.expire())
  }

  /** One at a time, in order, also when the work asks for several at once. */
  run<Row extends object>(statement: Statement): Promise<QueryResult<Row>> {
    return this.inTurn(() => {
      if (this.closed) throw new Error('a statement was sent after the end of its read or write: await every statement')
      if (this.expired) throw portErrors.DEADLINE_EXCEEDED()
      if (this.hasFailed) throw new Error(swallowed)
      return this.send<Row>(statement)
    })
  }

  /** Goes out ahead of the first statement. Where none follows nothing has to be committed. */
  begin(...statements: string[]): void {
    this.beginning = statements
  }

  /** The last statement goes out ahead of it, and alone where it is the only one. A commit under way is not cancelled, because nobody could tell what became of it. */
  async commit(last?: Statement): Promise<void> {
    await this.tail
    if (this.expired) throw portErrors.DEADLINE_EXCEEDED()
    if (last !== undefined && this.beginning.length > 0) return this.commitAlone(last)
    if (this.hasFailed) throw new Error(swallowed)
    if (last !== undefined) await this.sendLast(last)
    if (this.expired) throw portErrors.DEADLINE_EXCEEDED()
    this.stopWatching()
    if (this.beginning.length > 0) return
    const { command } = await this.inTurn(() => this.client.query('COMMIT'))
    if (command !== 'COMMIT') throw new Error(swallowed)
  }

  /** Comes back even when it fails: the error that led here is the one to tell. */
  async rollBack(): Promise<void> {
    this.stopWatching()
    if (!this.hasBegun) return
    try {
      await this.inTurn(() => this.client.query('ROLLBACK'))
    } catch {
      this.broken = true
    }
  }

  /** Gives the connection back; to the dustbin when it is of no more use, when something still runs on it or a transaction is still open. */
  async close(): Promise<void> {
    this.closed = true
    this.stopWatching()
    await this.cancelling
    this.client.release(this.broken || this.running > 0 || this.client.getTransactionStatus() !== 'I')
  }

  /** One statement is a transaction by itself, and can be cancelled: its answer says what became of it. */
  private async commitAlone(last: Statement): Promise<void> {
    this.beginning = []
    await this.inTurn(() => this.send(last))
  }

  private async sendLast(last: Statement): Promise<void> {
    try {
      await this.inTurn(() => this.send(last))
    } catch (error) {
      throw codeOf(error) === inFailedTransaction ? new Error(swallowed) : error
    }
  }

  private async send<Row extends object>(statement: Statement): Promise<QueryResult<Row>> {
    if (this.beginning.length > 0) await this.sendBegin()
    try {
      return await this.statements.run<Row>(this.client, statement)
    } catch (error) {
      this.hasFailed ||= this.hasBegun && codeOf(error) === undefined
      throw error
    }
  }

  /** Answered before anything else is sent: what does not happen inside the transaction does not happen at all. */
  private async sendBegin(): Promise<void> {
    const text = this.beginning.join('; ')
    this.beginning = []
    this.hasBegun = true
    try {
      await this.client.query(text)
    } catch (error) {
      this.hasFailed = true
      throw error
    }
    if (this.expired) throw portErrors.DEADLINE_EXCEEDED()
  }

  private inTurn<T>(send: () => Promise<T>): Promise<T> {
    const turn = this.running === 0 ? this.attempt(send) : this.tail.then(() => this.attempt(send))
    this.running += 1
    const done = () => void (this.running -= 1)
    this.tail = turn.then(done, done)
    return turn
  }

  /** Watched here and not by pg's `query_timeout`: its timer for each statement keeps what the statement read alive until the next full collection. */
  private async attempt<T>(send: () => Promise<T>): Promise<T> {
    const answered = expiry.at(performance.now() + this.statementTimeoutMs + hungAfterMs, () => this.giveUp())
    try {
      return await send()
    } catch (error) {
      throw this.explain(error)
    } finally {
      answered()
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

  private giveUp(): void {
    this.broken = true
    void this.client.end()
  }
}
