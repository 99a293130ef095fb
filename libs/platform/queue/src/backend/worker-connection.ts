import type { WorkerOptions } from 'bullmq'
import type { QueueConfig } from '../queue.config.js'
import { reconnectAfterMs } from './queue-backend.redis.js'

/**
 * With Redis, each worker has its own connections, whose commands wait while the connection is lost: if they failed at once, BullMQ's loop would send the next command
 * without a pause, and the process would do nothing else. A connection that is lost after `stopping` has aborted stays lost, and its commands fail: a worker would wait for
 * them when it closes. With Postgres, workers share the pool of the queues.
 */
export function workerConnection({ backend, redisUrl }: QueueConfig, stopping: AbortSignal): Pick<WorkerOptions, 'connection'> | undefined {
  if (backend === 'postgres') return undefined
  const connection = {
    url: redisUrl!.reveal(),
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => (stopping.aborted ? null : reconnectAfterMs(times)),
    connectTimeout: 5_000,
    keepAlive: 10_000,
  }
  return { connection }
}
