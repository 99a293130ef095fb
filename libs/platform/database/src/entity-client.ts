import { EventEmitter } from 'node:events'
import type { QueryResult } from 'pg'

/** What TypeORM may do with a connection. */
export interface EntityLink {
  run(sql: string, parameters: readonly unknown[] | undefined): Promise<QueryResult>
  begin(): Promise<void>
  commit(): Promise<void>
  rollBack(): Promise<void>
  /** Called when TypeORM gives the connection back. */
  release(): void
}

const nothing = { rows: [], rowCount: 0, command: '' }

/**
 * What TypeORM gets from a pool in the place of a client of `pg`. Its statements take our way: prepared, counted, timed, and cancelled at the deadline. The
 * three statements by which it begins and ends a transaction are ours to send, because the time left goes out with BEGIN.
 */
export class EntityClient extends EventEmitter {
  constructor(private readonly link: EntityLink) {
    super()
  }

  async query(sql: string, parameters?: readonly unknown[]): Promise<unknown> {
    if (sql === 'START TRANSACTION') await this.link.begin()
    else if (sql === 'COMMIT') await this.link.commit()
    else if (sql === 'ROLLBACK') await this.link.rollBack()
    else return this.link.run(sql, parameters)
    return nothing
  }

  release(): void {
    this.link.release()
  }
}
