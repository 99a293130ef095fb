import type { Metrics } from '@kilomega/observability'
import type { DatabaseConfig } from '../database.config.js'
import type { PostgresPool } from '../postgres-pool.js'
import type { Servers } from './servers.js'

/** Over all servers: a process has a pool of the same size for each. */
export function measureServers(servers: Servers, { poolSize }: DatabaseConfig, metrics: Metrics): void {
  const sum = (count: (pool: PostgresPool) => number) => () => servers.all.reduce((total, { pool }) => total + count(pool), 0)
  metrics.gauge('database_pool_size', 'Connections that this process may open', () => poolSize * servers.all.length)
  metrics.gauge(
    'database_pool_open',
    'Open connections',
    sum(({ pool }) => pool.totalCount),
  )
  metrics.gauge(
    'database_pool_idle',
    'Open connections that are not in use',
    sum(({ pool }) => pool.idleCount),
  )
  metrics.gauge(
    'database_pool_waiting',
    'Pieces of work that wait for a connection',
    sum(({ pool, shares }) => pool.waitingCount + shares.waiting),
  )
  metrics.gauge('database_replicas_used', 'Replicas that answer reads', () => servers.all.filter((server) => servers.rotation.has(server)).length)
}
