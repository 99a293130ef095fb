import type { Pool } from 'pg'
import { DataSource, type EntityManager } from 'typeorm'

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

/** TypeORM accepts a replacement for `pg`: it only uses it to create a pool. */
const driverOver = (pool: Pool) => ({
  Pool: function () {
    return pool
  },
})
