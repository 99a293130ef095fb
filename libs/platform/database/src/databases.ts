import type { Health, Metrics, Signals } from '@kilomega/observability'
import type { Database } from './database.js'
import type { DatabaseConfig } from './database.config.js'
import { EntitySource, type Entity } from './entity-source.js'
import { PostgresPool } from './postgres-pool.js'
import { type DatabaseParts, SchemaDatabase } from './schema-database.js'
import { ServerProbe } from './server-probe.js'
import { SlowStatements } from './slow-statements.js'
import { Statements } from './statements.js'
import { WriteRoom } from './write-room.js'

export interface DatabasesOptions {
  config: DatabaseConfig
  entities: readonly Entity[]
  signals: Signals
  metrics: Metrics
}

/** The databases of all modules in this process, over one connection pool. */
export class Databases {
  private readonly parts: DatabaseParts
  private readonly slow: SlowStatements
  private readonly probe: ServerProbe

  constructor({ config, entities, signals, metrics }: DatabasesOptions) {
    const pool = new PostgresPool(config, signals, metrics)
    this.probe = new ServerProbe(config.url)
    this.slow = new SlowStatements({ url: config.url, limitMs: config.slowStatementMs, signals })
    this.parts = {
      pool,
      signals,
      statements: new Statements(this.slow, metrics),
      entities: new EntitySource(pool.pool, entities),
      room: new WriteRoom(),
      statementTimeoutMs: config.statementTimeoutMs,
    }
  }

  /** The database as the module that owns this schema sees it. */
  of(schema: string): Database {
    return new SchemaDatabase(schema, this.parts)
  }

  /** Connects. Rejects if the server cannot be reached or an entity is declared wrongly. */
  async open(): Promise<void> {
    await this.parts.entities.open()
  }

  /** Readiness depends on the server: without it the process serves nothing. With a full disk it still serves reads. */
  registerChecks(health: Health): void {
    health.register({ name: 'database', required: true, check: () => this.probe.ask() })
    health.register({ name: 'database-room', required: false, check: async () => this.parts.room.check() })
  }

  /** Waits for work in progress, then closes all connections. */
  async close(): Promise<void> {
    this.probe.close()
    await this.slow.end()
    await this.parts.pool.end()
  }
}
