import type { Pool } from 'pg'
import { AppError } from '@kilomega/ports'
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm'

/** The part of a connection that TypeORM uses. */
export interface EntityConnection {
  query(sql: string, parameters?: unknown[]): Promise<unknown>
}

export type Entity = abstract new (...parameters: never[]) => object

/** TypeORM over our pool: it maps entities, and opens no connections or transactions of its own. */
export class EntitySource {
  private readonly source: DataSource

  constructor(pool: Pool, entities: readonly Entity[]) {
    this.source = new DataSource({
      type: 'postgres',
      driver: driverOver(pool),
      entities: [...entities],
      synchronize: false,
      installExtensions: false,
      logging: false,
    })
  }

  /** Reads the entity declarations; asks the server for its version. */
  async open(): Promise<void> {
    if (!this.source.isInitialized) await this.source.initialize()
  }

  /** A manager on a connection with an open transaction. Transactions that it starts itself become savepoints in that one. */
  managerOn(connection: EntityConnection): { manager: EntityManager; release: () => Promise<void> } {
    const runner = this.source.createQueryRunner()
    Object.assign(runner, { databaseConnection: connection, isTransactionActive: true, transactionDepth: 1 })
    return { manager: runner.manager, release: () => runner.release() }
  }
}

/** TypeORM wraps whatever a connection throws. A deadline, or a database that is down or full, must reach the caller as the error it is. */
export const unwrapped = (error: unknown): unknown =>
  error instanceof QueryFailedError && error.driverError instanceof AppError ? error.driverError : error

/** TypeORM accepts a replacement for `pg`: it only uses it to create a pool. */
const driverOver = (pool: Pool) => ({
  Pool: function () {
    return pool
  },
})
