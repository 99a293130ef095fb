import type { Health, Metrics, Signals } from '@kilomega/observability'
import type { DatabaseConfig } from './database.config.js'
import type { Entity } from './entity-source.js'
import { schemaOf } from './schema-of.js'
import { type DatabaseParts, SchemaDatabase } from './schema-database.js'
import { Sessions } from './sessions.js'
import { ServerProbe } from './server-probe.js'
import { reportServers, type ServerReport } from './servers/server-report.js'
import { Servers } from './servers/servers.js'
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
  /** Also for what connects beside the pools. */
  readonly servers: Servers
  private readonly databases = new Map<string, SchemaDatabase>()
  private readonly slow: SlowStatements
  private readonly probe: ServerProbe

  constructor(private readonly options: DatabasesOptions) {
    const { config, signals, metrics } = options
    this.servers = new Servers(config, signals, metrics)
    this.probe = new ServerProbe(config.url)
    this.slow = new SlowStatements({ url: () => this.servers.primaryUrl, limitMs: config.slowStatementMs, signals })
    const statements = new Statements(this.slow, metrics)
    const { statementTimeoutMs } = config
    const sessions = new Sessions({ servers: this.servers, statements, statementTimeoutMs })
    this.parts = { sessions, signals, room: new WriteRoom(), statementTimeoutMs }
  }

  /** The database as the module that owns this schema sees it, with the entities of that schema. */
  of(schema: string): SchemaDatabase {
    let database = this.databases.get(schema)
    if (database === undefined) {
      const own = this.options.entities.filter((entity) => schemaOf(entity) === schema)
      this.databases.set(schema, (database = new SchemaDatabase(schema, this.parts, own)))
    }
    return database
  }

  /** Connects. Rejects if the server cannot be reached or an entity is declared wrongly. */
  async open(): Promise<void> {
    await this.servers.open()
    const schemas = this.options.entities.map(schemaOf)
    for (const schema of new Set(['platform', ...schemas, ...this.databases.keys()])) await this.of(schema).connect()
  }

  /** Readiness depends on a server: without one the process serves nothing. Without a primary or with a full disk it still serves reads. */
  registerChecks(health: Health): void {
    const { servers } = this
    if (servers.hasReplicas) {
      health.register({ name: 'database', required: true, check: async () => servers.check() })
      health.register({ name: 'database-primary', required: false, check: async () => void servers.primary })
    } else health.register({ name: 'database', required: true, check: () => this.probe.ask() })
    health.register({ name: 'database-room', required: false, check: async () => this.parts.room.check() })
  }

  /** The servers as this process sees them; asks each of them now. */
  report(): Promise<ServerReport[]> {
    return reportServers(this.servers)
  }

  /** Waits for work in progress, then closes all connections. */
  async close(): Promise<void> {
    this.probe.close()
    await this.slow.end()
    await this.servers.close()
  }
}
