import { setTimeout as wait } from 'node:timers/promises'
import type { Signals } from '@kilomega/observability'
import { currentCall, onlyPrimary, portErrors } from '@kilomega/ports'
import type { EntityTarget, ObjectLiteral, ReplicationMode, Repository } from 'typeorm'
import { currentWork, duringWork } from './current-work.js'
import { Database, type Reading, type Transaction } from './database.js'
import { isRetryable } from './database-errors.js'
import { type Entity, EntitySource, unwrapped } from './entity-source.js'
import { OpenRead } from './open-read.js'
import { OpenTransaction } from './open-transaction.js'
import { OutsideWork } from './outside-work.js'
import { repositoryOf } from './repository-of.js'
import type { Session } from './session.js'
import { isReplicaFault, type Sessions } from './sessions.js'
import type { WriteRoom } from './write-room.js'

export interface DatabaseParts {
  sessions: Sessions
  signals: Signals
  room: WriteRoom
  statementTimeoutMs: number
}

const maxAttempts = 3
/** In milliseconds. Without a random pause, two transactions that deadlocked would meet again. */
const retryWithinMs = 50

/** The database over the pool of this process, as one module sees it. */
export class SchemaDatabase extends Database {
  private readonly entities: EntitySource

  constructor(
    readonly schema: string,
    private readonly parts: DatabaseParts,
    entities: readonly Entity[],
  ) {
    super()
    this.entities = new EntitySource(entities, (mode) => currentWork(schema)?.client ?? this.outside(mode).client)
  }

  get hasReplicas(): boolean {
    return this.parts.sessions.reportsFreshness
  }

  /** Connects. Rejects if the server cannot be reached or an entity is declared wrongly. */
  connect(): Promise<void> {
    return this.entities.open()
  }

  /** What `@InjectRepository` gives: it follows the read or write in which it is used. */
  repository<T extends ObjectLiteral>(entity: EntityTarget<T>): Repository<T> {
    return repositoryOf(entity, () => currentWork(this.schema)?.manager ?? this.entities.manager)
  }

  async write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (!this.entities.isOpen) await this.entities.open()
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transact(work)
      } catch (error) {
        this.parts.room.note(error)
        if (attempt === maxAttempts || !isRetryable(error)) throw error
        await wait(Math.random() * retryWithinMs * attempt)
      }
    }
  }

  read<T>(work: (reading: Reading) => Promise<T>): Promise<T> {
    if (!this.entities.isOpen) return this.entities.open().then(() => this.read(work))
    return this.parts.sessions.read((session) => this.readOn(session, work))
  }

  report<T>(work: (reading: Reading) => Promise<T>): Promise<T> {
    if (!this.entities.isOpen) return this.entities.open().then(() => this.report(work))
    return this.parts.sessions.read((session) => this.readOn(session, work), 'report')
  }

  private async readOn<T>(session: Session, work: (reading: Reading) => Promise<T>): Promise<T> {
    const read = new OpenRead(this.schema, session, this.entities)
    try {
      return await duringWork(read, () => work(read))
    } catch (error) {
      throw unwrapped(error)
    } finally {
      if (read.hasRunner) await read.end()
    }
  }

  private async transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const { result, hooks } = await this.parts.sessions.write(this.schema, (session) => this.transactOn(session, work))
    this.runHooks(hooks)
    return result
  }

  private async transactOn<T>(
    session: Session,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<{ result: T; hooks: OpenTransaction['hooks'] }> {
    const transaction = new OpenTransaction(this.schema, session, this.beginStatements(), this.entities)
    try {
      const result = await duringWork(transaction, async () => {
        await transaction.begin()
        return work(transaction)
      })
      const freshness = await transaction.commit()
      if (freshness !== undefined) currentCall().noteWrite(freshness)
      return { result, hooks: transaction.hooks }
    } catch (error) {
      // A commit that got no answer may stand all the same.
      if (isReplicaFault(error)) currentCall().noteWrite(onlyPrimary)
      await transaction.rollBack()
      throw unwrapped(error)
    }
  }

  private outside(mode: ReplicationMode): OutsideWork {
    return new OutsideWork(this.schema, this.parts.sessions, mode === 'slave', () => this.beginStatements())
  }

  /** BEGIN and the time left. Our own number is the only value ever put into the text of a statement. */
  private beginStatements(): string[] {
    const timeLeftMs = Math.ceil(currentCall().timeLeftMs())
    if (timeLeftMs <= 0) throw portErrors.DEADLINE_EXCEEDED()
    return timeLeftMs < this.parts.statementTimeoutMs ? ['BEGIN', 'SET LOCAL statement_timeout = ' + String(timeLeftMs)] : ['BEGIN']
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
