import { Expiry, portErrors } from '@kilomega/ports'
import type { Secret } from '@kilomega/config'
import type { Signals } from '@kilomega/observability'
import { Pool, type PoolClient } from 'pg'
import { connectionStringWith } from './connection-string.js'
import { databaseErrors, isUnavailable } from './database-errors.js'
import type { DatabaseConfig } from './database.config.js'
import { PoolShares } from './pool-shares.js'
import { requireSettings, sessionsOf } from './pooler.js'
import { rowTypes } from './row-types.js'

const expiry = new Expiry()

/** Timestamps are parsed from their text, so sessions write them in one format, whatever the server's settings. */
const sessionSettings = '-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601'

/** A server, or a pooler before it, to which the sessions of one client may go one after the other. */
export interface PoolPlace {
  url: Secret
  isPooler: boolean
}

/** The connections of this process to one server. Waiting for one is bounded, and losing one only emits a signal. */
export class PostgresPool {
  readonly pool: Pool
  readonly shares: PoolShares
  /** Whether statements are prepared under names. A pooler has to say first that it keeps them. */
  namesStatements: boolean
  private readonly waiting = new Set<() => void>()

  constructor(
    private readonly place: PoolPlace,
    private readonly config: DatabaseConfig,
    signals: Signals,
  ) {
    this.shares = new PoolShares(config)
    this.namesStatements = !place.isPooler
    this.pool = new Pool({
      ...(place.isPooler ? { connectionString: place.url.reveal() } : sessionOptions(place.url, config)),
      max: config.poolSize,
      connectionTimeoutMillis: config.connectTimeoutMs,
      idleTimeoutMillis: config.idleTimeoutMs,
      application_name: 'kilomega',
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      types: rowTypes,
    })
    this.pool.on('error', (error) => {
      if (!this.pool.ending) signals.emit('database.connection-lost', {}, error)
    })
    // Without a listener, losing a connection in use would end the process; the code that awaits its statement gets the error.
    this.pool.on('connect', (client) => client.on('error', () => undefined))
  }

  /** Rejects with the reason if a pooler, or the account behind it, is set up in a way that does not work. */
  async open(): Promise<void> {
    if (!this.place.isPooler) return
    await requireSettings(this.place.url)
    const { names } = await sessionsOf(this.place.url)
    this.namesStatements = names
  }

  /** A connection, by the deadline at the latest (on the monotonic clock). */
  async acquire(deadlineMs: number): Promise<PoolClient> {
    if (deadlineMs <= performance.now()) throw portErrors.DEADLINE_EXCEEDED()
    try {
      return await this.inTime(this.pool.connect(), deadlineMs)
    } catch (error) {
      throw this.explain(error)
    }
  }

  /** Whoever waits for a connection gets an error now. */
  cutOff(): void {
    for (const giveUp of this.waiting) giveUp()
  }

  /** Closes all connections once those in use are returned. */
  async end(): Promise<void> {
    await this.pool.end()
  }

  private inTime(connecting: Promise<PoolClient>, deadlineMs: number): Promise<PoolClient> {
    return new Promise((resolve, reject) => {
      let late = false
      const refuse = (error: Error): void => {
        late = true
        reject(error)
      }
      const giveUp = () => refuse(portErrors.DEPENDENCY_UNAVAILABLE({ dependency: 'database' }))
      const arrived = deadlineMs === Infinity ? () => undefined : expiry.at(deadlineMs, () => refuse(portErrors.DEADLINE_EXCEEDED()))
      this.waiting.add(giveUp)
      const settle = () => {
        arrived()
        this.waiting.delete(giveUp)
      }
      connecting.then((client) => (late ? client.release() : resolve(client)), reject).finally(settle)
    })
  }

  private explain(error: unknown): unknown {
    if (!isUnavailable(error)) return error
    const { pool, config } = this
    const saturated = pool.totalCount >= config.poolSize && pool.idleCount === 0
    return saturated ? databaseErrors.POOL_SATURATED({ retryAfterS: 1 }, error) : portErrors.DEPENDENCY_UNAVAILABLE({ dependency: 'database' }, error)
  }
}

/** Sent when a connection is opened. A pooler refuses them, because it opens its connections for everybody: there the account has them. */
const sessionOptions = (url: Secret, config: DatabaseConfig) => ({
  connectionString: connectionStringWith(url, sessionSettings),
  statement_timeout: config.statementTimeoutMs,
  idle_in_transaction_session_timeout: config.idleTransactionTimeoutMs,
})
