import { type Delivery, isCanary } from '@kilomega/messaging'
import type { BulkJobOptions, JobsOptions } from 'bullmq'
import type { JobDefinition } from './job.js'
import type { QueueConfig } from './queue.config.js'

/** A job's data in the queue: ids, and what a worker must know before it starts. */
export interface QueuedJob {
  payload: unknown
  requestId: string
  /** The freshness that a replica needs to contain everything that the job is about; see `JobRun`. */
  freshness?: string
  /** Version of the payload's schema; omitted if it is 1. */
  version?: number
  /** When the job expires, in milliseconds since 1970; omitted if it never does. */
  expiresAtMs?: number
  /** Starts as the only running suspect in its process that never ended. */
  loneStarts?: number
  /** Number of lost workers for which it is no longer a suspect. */
  clearedStalls?: number
  /** A canary: it only checks that a worker is running. */
  canary?: true
}

/** A job's payload in an outbox row. */
export interface OutboxPayload {
  payload: unknown
  delayMs: number
  version?: number
  /** Omitted if it is 0. */
  priority?: number
}

/** Without the options that workers know by themselves: the store packs and unpacks them for each job. */
export const jobOptions = ({ attempts }: JobDefinition, config: Pick<QueueConfig, 'attempts'>): JobsOptions => ({
  attempts: attempts ?? config.attempts,
  backoff: { type: 'jitter' },
})

/** The id of the outbox row is the id of the job, so a repeat adds nothing. Delays count from the time at which the job was added. */
export function queuedJob(
  definition: JobDefinition,
  { id, payload, requestId, occurredAt }: Delivery,
  { nowMs, freshness, config }: { nowMs: number; freshness: string; config: Pick<QueueConfig, 'attempts'> },
): { name: string; data: QueuedJob; opts: BulkJobOptions } {
  const opts = { ...jobOptions(definition, config), jobId: id }
  if (isCanary(payload)) return { name: definition.jobName, data: { payload: {}, requestId, canary: true }, opts }
  const { payload: jobPayload, delayMs, version, priority } = payload as OutboxPayload
  const startsAtMs = Date.parse(occurredAt) + delayMs
  const expiresAtMs = startsAtMs + definition.expiresAfterMs
  const data: QueuedJob = {
    payload: jobPayload,
    requestId,
    freshness,
    ...(version !== undefined && version !== 1 && { version }),
    ...(expiresAtMs !== Infinity && { expiresAtMs }),
  }
  const delay = delayMs === 0 ? 0 : Math.max(0, startsAtMs - nowMs)
  return { name: definition.jobName, data, opts: { ...opts, ...(delay > 0 && { delay }), ...(priority && { priority }) } }
}
