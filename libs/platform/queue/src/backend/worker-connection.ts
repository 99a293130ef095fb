import type { WorkerOptions } from 'bullmq'
import type { QueueConfig } from '../queue.config.js'
import { reconnectAfterMs } from './queue-backend.redis.js'

/**
 * With Redis, each worker has its own connections, whose commands wait while the connection is lost: if they failed at once, BullMQ's loop would send the next command
 * without a pause, and the process would do nothing else. With Postgres, workers share the pool of the queues.
 */
export function workerConnection({ backend, redisUrl }: QueueConfig): Pick<WorkerOptions, 'connection'> | undefined {
  if (backend === 'postgres') return undefined
  const connection = {
    url: redisUrl!.reveal(),
    maxRetriesPerRequest: null,
    retryStrategy: reconnectAfterMs,
    connectTimeout: 5_000,
    keepAlive: 10_000,
  }
  return { connection }
}
