import { ConfigError } from '@kilomega/config'
import { Signals } from '@kilomega/observability'
import { RedisQueueBackend } from './backend/queue-backend.redis.js'
import type { QueueConfig } from './queue.config.js'

class Silent extends Signals {
  emit(): void {}
}

/**
 * Refuses a Redis whose settings may lose jobs, with a `ConfigError` that names the setting. If it cannot be reached within `QUEUE_TIMEOUT_MS`, this does not wait any
 * longer: the process serves without it, and its readiness reports what is wrong once Redis is reachable.
 */
export async function checkQueueStore({ backend, redisUrl, timeoutMs }: QueueConfig): Promise<void> {
  if (backend !== 'redis') return
  const redis = new RedisQueueBackend(redisUrl!, timeoutMs, new Silent())
  const problem = await redis.unsafeSetting().catch(() => undefined)
  await redis.close()
  if (problem !== undefined) throw new ConfigError([{ variable: 'QUEUE_REDIS_URL', message: `QUEUE_UNSAFE_CONFIG: ${problem}` }])
}
