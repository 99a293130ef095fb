import type { JobDefinition } from './job.js'
import type { QueueConfig } from './queue.config.js'

type Waits = Pick<QueueConfig, 'backoffMs' | 'backoffMaxMs'>

/** The wait before the next start of a job that has failed this often, in milliseconds. Full jitter: jobs that failed together do not retry together. */
export function retryWaitMs(
  attemptsMade: number,
  job: Pick<JobDefinition, 'backoffMs' | 'backoffMaxMs'>,
  config: Waits,
  random = Math.random,
): number {
  const [firstMs, longestMs] = [job.backoffMs ?? config.backoffMs, job.backoffMaxMs ?? config.backoffMaxMs]
  return Math.ceil(random() * Math.min(longestMs, firstMs * 2 ** (attemptsMade - 1)))
}
