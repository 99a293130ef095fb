import { connectionStringWith, type DatabaseConfig } from '@kilomega/database'
import type { Signals } from '@kilomega/observability'
import { DEFAULT_SCHEMA, runMigrations } from 'bullmq'
import { Client, Pool } from 'pg'
import type { QueueConfig } from '../queue.config.js'
import { QueueBackend } from './queue-backend.js'

const inQueueSchema = `-c search_path=${DEFAULT_SCHEMA}`

/** The database that also holds everything else. Each worker keeps one connection, on which it is woken. */
export class PostgresQueueBackend extends QueueBackend {
  readonly options: QueueBackend['options']
  private readonly pool: Pool

  constructor(database: DatabaseConfig, { poolSize }: QueueConfig, signals: Signals) {
    super()
    this.pool = new Pool({
      connectionString: connectionStringWith(database.url, inQueueSchema),
      max: poolSize,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      // A new connection costs the server 12 ms, and as much again for the functions of the queue, which each connection compiles for itself.
      idleTimeoutMillis: database.idleTimeoutMs,
      application_name: 'kilomega queue',
    })
    // Every queue and worker adds listeners.
    this.pool.setMaxListeners(0)
    this.pool.on('error', (error) => this.pool.ending || signals.emit('queue.connection-lost', {}, error))
    // Without a listener, the loss of a connection in use would end the process. The caller of the running statement gets the error.
    this.pool.on('connect', (client) => client.on('error', () => undefined))
    this.options = { connection: this.pool as unknown as NonNullable<QueueBackend['options']['connection']> }
  }

  reserve(workers: number): void {
    this.pool.options.max += workers
  }

  /** Always the same: if this database is emptied, the ledger is emptied too. */
  async epoch(): Promise<string> {
    return 'postgres'
  }

  async unsafeSetting(): Promise<undefined> {
    return undefined
  }

  async workersReconnected(): Promise<void> {}

  async close(): Promise<void> {
    await this.pool.end()
  }
}

/** Migrates the tables of the queue to this version. Does nothing if they are up to date. Two processes at once wait for each other. */
export async function migrateQueue(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await runMigrations(client)
  } finally {
    await client.end()
  }
}
