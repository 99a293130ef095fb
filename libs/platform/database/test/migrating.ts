import { Client } from 'pg'
import { EmbeddedPostgres } from '../src/embedded/embedded-postgres.js'
import { migrate, type MigrateOptions } from '../src/migrations/migrate.js'
import type { Migration } from '../src/migrations/migration.js'
import { migration } from '../src/migrations/migration.js'
import { startServer } from './server.js'

/** A server with a schema `notes` that tests migrate, and a connection of their own to it. */
export class Migrating {
  private readonly connected: Client[] = []

  private constructor(
    readonly server: EmbeddedPostgres,
    readonly client: Client,
    private readonly folder: string,
  ) {}

  static async open(): Promise<Migrating> {
    const { server, folder } = await startServer()
    return new Migrating(server, await connectTo(server), folder)
  }

  /** Ended after the test, also if it fails in the middle. */
  async connect(): Promise<Client> {
    const client = await connectTo(this.server)
    this.connected.push(client)
    return client
  }

  migrate(migrations: readonly Migration[], options: MigrateOptions = {}): Promise<number> {
    return migrate(this.server.url, [{ schema: 'notes', migrations }], options)
  }

  async rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(sql, values)).rows
  }

  /** Resolves once a statement that begins like this runs on another connection; its process on the server. */
  async running(statement: string): Promise<number> {
    for (const deadline = performance.now() + 10_000; performance.now() < deadline;) {
      const [found] = await this.rows<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE state = 'active' AND starts_with(trim(query), $1) AND pid <> pg_backend_pid()`,
        [statement],
      )
      if (found !== undefined) return found.pid
    }
    throw new Error(`no statement ${statement} has run for 10 s`)
  }

  async empty(): Promise<void> {
    await Promise.all(this.connected.splice(0).map((client) => client.end()))
    await this.client.query('DROP SCHEMA IF EXISTS notes CASCADE')
  }

  async close(): Promise<void> {
    await this.client.end()
    await EmbeddedPostgres.remove(this.folder)
  }
}

async function connectTo(server: EmbeddedPostgres): Promise<Client> {
  const client = new Client({ connectionString: server.url.reveal() })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** A table of notes with this many rows. */
export const notesOf = (rows: number): Migration =>
  migration(
    '202601010000-create-note',
    'CREATE TABLE notes.note (id int PRIMARY KEY, title text NOT NULL)',
    ['INSERT INTO notes.note SELECT n,', `'Note ' || n FROM generate_series(1, ${rows}) n`].join(' '),
  )
