import type { Repository } from 'typeorm'
import type { Database } from '../src/database.js'
import { EmbeddedPostgres } from '../src/embedded/embedded-postgres.js'
import type { Entity } from '../src/entity-source.js'
import { type OpenedDatabases, openDatabases, startServer } from './server.js'

export const insert = 'INSERT INTO notes.note (id, text) VALUES ($1, $2)'
export const select = 'SELECT id, text FROM notes.note ORDER BY id'
export const sleep = 'SELECT pg_sleep($1)'

/** A dedicated server with one table of notes, and two connections to it. */
export class OpenNotes {
  private constructor(
    private readonly folder: string,
    private readonly opened: OpenedDatabases,
    /** Tests stop and start it. */
    public server: EmbeddedPostgres,
  ) {}

  static async open(entities: Entity[] = []): Promise<OpenNotes> {
    const { server, folder } = await startServer()
    const opened = await openDatabases(server, { DATABASE_POOL_SIZE: '2', DATABASE_CONNECT_TIMEOUT_MS: '300' }, entities)
    const notes = new OpenNotes(folder, opened, server)
    await notes.notes.write(async (transaction) => {
      await transaction.query('CREATE SCHEMA notes')
      await transaction.query('CREATE TABLE notes.note (id int PRIMARY KEY, text text NOT NULL)')
    })
    return notes
  }

  get metrics(): OpenedDatabases['metrics'] {
    return this.opened.metrics
  }

  get notes(): Database {
    return this.opened.databases.of('notes')
  }

  repository<T extends object>(entity: new () => T): Repository<T> {
    return this.opened.databases.of('notes').repository(entity)
  }

  /** The pg_sleep statements that are running on the server. */
  running(): Promise<unknown[]> {
    return this.notes.read((queryable) =>
      queryable.query(`SELECT query FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`),
    )
  }

  async startAgain(): Promise<void> {
    this.server = await EmbeddedPostgres.start({ folder: this.folder, port: this.server.port, durable: false })
  }

  async close(): Promise<void> {
    await this.opened.databases.close()
    await EmbeddedPostgres.remove(this.folder)
  }
}
