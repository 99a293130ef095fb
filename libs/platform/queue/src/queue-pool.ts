import { DatabaseConfig } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { DEFAULT_SCHEMA, runMigrations } from 'bullmq'
import { Client, Pool } from 'pg'
import { QueueConfig } from './queue.config.js'

const inQueueSchema = `-c search_path=${DEFAULT_SCHEMA}`

/** The connections of all queues and workers of this process. A worker keeps one of them to be woken by; `reserve` makes room for that. */
@Injectable()
export class QueuePool implements OnApplicationShutdown {
  readonly pool: Pool

  constructor(database: DatabaseConfig, { poolSize }: QueueConfig, signals: Signals) {
    this.pool = new Pool({
      connectionString: database.url.reveal(),
      options: inQueueSchema,
      max: poolSize,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      application_name: 'kilomega queue',
    })
    // Every queue and worker listens to it.
    this.pool.setMaxListeners(0)
    this.pool.on('error', (error) => this.pool.ending || signals.emit('queue.connection-lost', {}, error))
  }

  /** Room for the connections on which workers wait. */
  reserve(connections: number): void {
    this.pool.options.max += connections
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end()
  }
}

/** Brings the tables of the queue up to what this version needs; nothing to do is no error, and two at once wait for each other. */
export async function migrateQueue(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await runMigrations(client)
  } finally {
    await client.end()
  }
}
