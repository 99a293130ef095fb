import type { DatabaseConfig } from '@kilomega/database'
import type { Signals } from '@kilomega/observability'
import type { QueueConfig } from '../queue.config.js'
import type { QueueBackend } from './queue-backend.js'
import { PostgresQueueBackend } from './queue-backend.postgres.js'
import { RedisQueueBackend } from './queue-backend.redis.js'

/** The backend that the configuration names. It connects by itself, and retries. */
export function makeBackend(config: QueueConfig, database: DatabaseConfig, signals: Signals): QueueBackend {
  if (config.backend === 'redis') return new RedisQueueBackend(config.redisUrl!, config.timeoutMs, signals)
  return new PostgresQueueBackend(database, config, signals)
}
