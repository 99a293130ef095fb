import { type Delivery, isCanary } from '@kilomega/messaging'
import type { BulkJobOptions, JobsOptions } from 'bullmq'
import type { JobDefinition } from './job.js'
import type { QueueConfig } from './queue.config.js'

/** What a queue holds of a job: ids, and what a worker must know before it starts. */
export interface QueuedJob {
  payload: unknown
  requestId: string
  /** What a reader must have, so that all that the job is about is there; see `JobRun`. */
  freshness?: string
  /** Of the payload's schema; absent where it is the first. */
  version?: number
  /** When it is no longer worth doing, milliseconds since 1970; absent where it always is. */
  expiresAtMs?: number
  /** Starts at which it was the only suspect at work in its process and that never ended. */
  loneStarts?: number
  /** Losses of a worker for which it is no longer a suspect. */
  clearedStalls?: number
  /** It asks whether a worker is there, and wants nothing else. */
  canary?: true
}

/** What an outbox row holds of a job. */
export interface OutboxPayload {
  payload: unknown
  delayMs: number
  version?: number
  /** Absent where it is 0. */
  priority?: number
}

/** What workers know by themselves is left out: the store packs and unpacks all of it for each job. */
export const jobOptions = ({ attempts }: JobDefinition, config: Pick<QueueConfig, 'attempts'>): JobsOptions => ({
  attempts: attempts ?? config.attempts,
  backoff: { type: 'jitter' },
})

/** The id of the outbox row is the id of the job, so a repeat adds nothing. Delays count from when the job was asked for. */
export function queuedJob(
  definition: JobDefinition,
  { id, payload, requestId, occurredAt }: Delivery,
  { nowMs, freshness, config }: { nowMs: number; freshness: string; config: Pick<QueueConfig, 'attempts'> },
): { name: string; data: QueuedJob; opts: BulkJobOptions } {
  const opts = { ...jobOptions(definition, config), jobId: id }
  if (isCanary(payload)) return { name: definition.jobName, data: { payload: {}, requestId, canary: true }, opts }
  const { payload: wanted, delayMs, version, priority } = payload as OutboxPayload
  const beginsAtMs = Date.parse(occurredAt) + delayMs
  const expiresAtMs = beginsAtMs + definition.expiresAfterMs
  const data: QueuedJob = {
    payload: wanted,
    requestId,
    freshness,
    ...(version !== undefined && version !== 1 && { version }),
    ...(expiresAtMs !== Infinity && { expiresAtMs }),
  }
  const delay = delayMs === 0 ? 0 : Math.max(0, beginsAtMs - nowMs)
  return { name: definition.jobName, data, opts: { ...opts, ...(delay > 0 && { delay }), ...(priority && { priority }) } }
}
