import { setTimeout as wait } from 'node:timers/promises'
import type { Signals } from '@kilomega/observability'
import { currentCall, portErrors } from '@kilomega/ports'
import { Database, type Queryable, type Transaction } from './database.js'
import { isRetryable } from './database-errors.js'
import { type EntitySource, unwrapped } from './entity-source.js'
import { OpenTransaction } from './open-transaction.js'
import type { PostgresPool } from './postgres-pool.js'
import { Session } from './session.js'
import type { Statements } from './statements.js'
import type { WriteRoom } from './write-room.js'

export interface DatabaseParts {
  pool: PostgresPool
  statements: Statements
  entities: EntitySource
  signals: Signals
  room: WriteRoom
  statementTimeoutMs: number
}

const maxAttempts = 3
/** In milliseconds. Without a random pause, two transactions that deadlocked would meet again. */
const retryWithinMs = 50

/** The database over the pool of this process, as one module sees it. */
export class SchemaDatabase extends Database {
  constructor(
    readonly schema: string,
    private readonly parts: DatabaseParts,
  ) {
    super()
  }

  async write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.parts.pool.shares.write(this.schema, () => this.transact(work))
      } catch (error) {
        this.parts.room.note(error)
        if (attempt === maxAttempts || !isRetryable(error)) throw error
        await wait(Math.random() * retryWithinMs * attempt)
      }
    }
  }

  read<T>(work: (queryable: Queryable) => Promise<T>): Promise<T> {
    return this.parts.pool.shares.read(() => this.readOn(work))
  }

  private async readOn<T>(work: (queryable: Queryable) => Promise<T>): Promise<T> {
    const session = await this.open()
    try {
      const queryable: Queryable = {
        query: async <Row extends object>(sql: string, parameters?: readonly unknown[]) =>
          (await session.run<Row>({ sql, parameters, schema: this.schema })).rows,
      }
      return await work(queryable)
    } finally {
      await session.close()
    }
  }

  private async transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const session = await this.open()
    try {
      session.begin(...this.beginStatements())
      const transaction = new OpenTransaction(this.schema, session, this.parts.entities)
      const result = await this.finish(transaction, work)
      this.runHooks(transaction.hooks)
      return result
    } finally {
      await session.close()
    }
  }

  private async open(): Promise<Session> {
    const { deadlineMs } = currentCall()
    const { pool, statements, statementTimeoutMs } = this.parts
    return new Session(await pool.acquire(deadlineMs), statements, deadlineMs, statementTimeoutMs)
  }

  /** BEGIN and the time left. Our own number is the only value ever put into the text of a statement. */
  private beginStatements(): string[] {
    const timeLeftMs = Math.ceil(currentCall().timeLeftMs())
    if (timeLeftMs <= 0) throw portErrors.DEADLINE_EXCEEDED()
    return timeLeftMs < this.parts.statementTimeoutMs ? ['BEGIN', 'SET LOCAL statement_timeout = ' + String(timeLeftMs)] : ['BEGIN']
  }

  private async finish<T>(transaction: OpenTransaction, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    try {
      const result = await work(transaction)
      await transaction.commit()
      return result
    } catch (error) {
      await transaction.rollBack()
      throw unwrapped(error)
    }
  }

  private runHooks(hooks: readonly (() => void)[]): void {
    for (const hook of hooks) {
      try {
        hook()
      } catch (error) {
        this.parts.signals.emit('database.commit-hook-failed', { schema: this.schema }, error)
      }
    }
  }
}
