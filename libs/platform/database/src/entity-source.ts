import { AppError } from '@kilomega/ports'
import pg from 'pg'
import { DataSource, type QueryRunner, QueryFailedError, type ReplicationMode } from 'typeorm'
import type { EntityClient } from './entity-client.js'
import { EntityPool } from './entity-pool.js'

export type Entity = abstract new (...parameters: never[]) => object
/** An entity that a repository can make. */
export type EntityClass = new () => object

/** Opens a client for TypeORM: `slave` to find rows, `master` for everything else. */
export type OpenClient = (mode: ReplicationMode) => EntityClient

/**
 * TypeORM for the entities of one schema. It opens no connections of its own: `open` gives it a client wherever it asks a pool for one. Splitting is
 * TypeORM's `replication`; the name of the application tells its two pools apart.
 */
export class EntitySource {
  private readonly source: DataSource
  private opening: Promise<unknown> | undefined

  constructor(entities: readonly Entity[], open: OpenClient) {
    this.source = new DataSource({
      type: 'postgres',
      driver: driverOver(open),
      replication: { master: { applicationName: 'master' }, slaves: [{ applicationName: 'slave' }], defaultMode: 'slave' },
      entities: [...entities],
      synchronize: false,
      installExtensions: false,
      logging: false,
    })
  }

  get isOpen(): boolean {
    return this.source.isInitialized
  }

  /** Reads the entity declarations; asks the server for its version. Rejects if an entity is declared wrongly. */
  async open(): Promise<void> {
    try {
      await (this.opening ??= this.source.initialize())
    } catch (error) {
      this.opening = undefined
      throw unwrapped(error)
    }
  }

  runner(mode: ReplicationMode): QueryRunner {
    return this.source.createQueryRunner(mode)
  }

  /** For repositories that are used outside of a read or write. */
  get manager(): DataSource['manager'] {
    return this.source.manager
  }
}

/** The error inside TypeORM's wrapper, which it puts around whatever a connection throws: a deadline, or a database that is down or full. */
export const unwrapped = (error: unknown): unknown =>
  error instanceof QueryFailedError && error.driverError instanceof AppError ? error.driverError : error

/** `pg` with another pool: an option of TypeORM. */
const driverOver = (open: OpenClient) => ({
  ...pg,
  Pool: function ({ application_name: mode }: { application_name: ReplicationMode }) {
    return new EntityPool(() => open(mode))
  },
})
