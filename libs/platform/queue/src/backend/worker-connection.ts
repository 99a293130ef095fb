import type { WorkerOptions } from 'bullmq'
import type { QueueConfig } from '../queue.config.js'
import { reconnectAfterMs } from './queue-backend.redis.js'

/**
 * Over Redis each worker has connections of its own, whose commands wait while they are lost: of those that fail at once BullMQ's loop sends the next one without
 * a pause, and the process does nothing else any more. Over Postgres workers share the pool of the queues.
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
