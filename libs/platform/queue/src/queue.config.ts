import { booleanField, type ConfigProblem, config, givenSecret, numberField } from '@kilomega/config'
import { z } from 'zod'

export abstract class QueueConfig extends config('QUEUE', {
  backend: z
    .enum(['postgres', 'redis'])
    .default('postgres')
    .describe('Where jobs wait: in the database that holds everything else (about 1,000 a second), or in a Redis (about 10,000)'),
  redisUrl: givenSecret(z.url({ protocol: /^rediss?$/ }))
    .optional()
    .describe(
      'The Redis of the queue, as in redis://user:password@host:6379/0; it keeps what it is given (noeviction, appendonly), so it is no cache',
    ),
  workers: booleanField().default(true).describe('Whether this process does jobs; one that does not still asks for them'),
  poolSize: numberField({ min: 2, max: 100 })
    .default(6)
    .describe('Connections to the database for queues in it, besides one for each kind of job that this process does'),
  lockMs: numberField({ min: 1_000, max: 600_000 })
    .default(30_000)
    .describe('A job whose worker has not been heard of for this long is started again, milliseconds'),
  timeoutMs: numberField({ min: 100, max: 60_000 })
    .default(2_000)
    .describe('How long anything but a worker waits for the store of the queue, milliseconds; meanwhile jobs wait in the ledger'),
  redriveMs: numberField({ min: 1_000, max: 900_000 })
    .default(60_000)
    .describe(
      'A job that has not ended after this long is put into the queue again, where that has forgotten it, milliseconds; later each time, up to 15 minutes',
    ),
  attempts: numberField({ min: 1, max: 1_000 })
    .default(16)
    .describe('Starts of a job before it is a dead letter, unless its kind says otherwise: with the waits below some four hours, up to eight'),
  backoffMs: numberField({ min: 1, max: 3_600_000 })
    .default(2_000)
    .describe(
      'The longest wait before the second start of a job that failed, milliseconds; it doubles with each further one, and any part of it is waited',
    ),
  backoffMaxMs: numberField({ min: 1, max: 86_400_000 })
    .default(7_200_000)
    .describe('What these waits grow to, milliseconds: two hours, so that a job goes on soon enough after an outage of hours has ended'),
  probeMs: numberField({ min: 1, max: 600_000 })
    .default(1_000)
    .describe(
      'The first wait of a kind of job that found a dependency unavailable, milliseconds; it doubles while nothing gets through, and costs no attempt',
    ),
  probeMaxMs: numberField({ min: 1, max: 3_600_000 })
    .default(60_000)
    .describe('What that wait grows to, milliseconds: how long after the end of an outage a kind of job may still rest'),
  stopMs: numberField({ min: 100, max: 280_000 })
    .default(10_000)
    .describe(
      'What jobs at work may take to end when the process stops, milliseconds; then others do them. Below PROCESS_STOP_TIMEOUT_MS, in which requests end too',
    ),
}) {}

/** Problems that involve more than one field. */
export function problemsOfQueue({ backend, redisUrl }: QueueConfig): ConfigProblem[] {
  if (backend === 'redis' && redisUrl === undefined) return [{ variable: 'QUEUE_REDIS_URL', message: 'is needed with QUEUE_BACKEND=redis' }]
  if (backend === 'postgres' && redisUrl !== undefined) return [{ variable: 'QUEUE_REDIS_URL', message: 'is of no use without QUEUE_BACKEND=redis' }]
  return []
}
