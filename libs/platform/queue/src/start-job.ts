import type { Job } from 'bullmq'
import { UnrecoverableError } from 'bullmq'
import type { JobDefinition } from './job.js'
import type { QueuedJob } from './queued-job.js'

/** Unfinished starts as the only suspect in a process, after which a job becomes a dead letter. With the first start, next to other jobs, a job can kill three processes. */
const maxLoneStarts = 2

/** Why a job is not started; the reason in its dead letter. */
export const jobFailures = {
  expired: 'JOB_EXPIRED: it started after its expiry time',
  payload: 'JOB_PAYLOAD_INVALID',
  killer: 'JOB_KILLED_ITS_PROCESS: three processes have ended while it was running',
} as const

/** The store of the queue has lost a job's data, and the ledger still has it. */
export class ForgottenJob extends UnrecoverableError {}

/** The job has killed too many processes. */
export class KillerJob extends UnrecoverableError {
  constructor() {
    super(jobFailures.killer)
  }
}

/**
 * Whether a worker was lost while it ran the job, and the job has not ended normally since. Jobs that were put back, parked or retried do not count: the queue counts
 * only starts whose worker stopped responding.
 */
export const isSuspect = ({ stalledCounter, data }: Job<QueuedJob>): boolean => stalledCounter > (data.clearedStalls ?? 0)

/** Whether this worker is too old to know what the job means. */
export const isOfNewerVersion = ({ data }: Job<QueuedJob>, { version }: JobDefinition): boolean => (data.version ?? 1) > version

/** The payload, parsed by its schema. If the job has expired or the payload is invalid, throws an error that makes the job a dead letter at once. */
export function payloadOf({ data }: Job<QueuedJob>, { schema }: JobDefinition, nowMs: number): unknown {
  if (data.expiresAtMs !== undefined && data.expiresAtMs < nowMs) throw new UnrecoverableError(jobFailures.expired)
  const read = schema.safeParse(data.payload)
  if (!read.success) throw new UnrecoverableError(`${jobFailures.payload}: ${read.error.message}`)
  return read.data
}

/**
 * Runs a suspect, now the only one in its process. The start is recorded in the queue before it, and cleared when the job has ended, successfully or not. If too many
 * such starts never ended, throws an error that makes the job a dead letter.
 */
export async function runRecorded(job: Job<QueuedJob>, work: () => Promise<void>): Promise<void> {
  const { loneStarts = 0 } = job.data
  if (loneStarts >= maxLoneStarts) throw new KillerJob()
  await job.updateData({ ...job.data, loneStarts: loneStarts + 1 })
  try {
    await work()
  } finally {
    await job.updateData({ ...job.data, loneStarts: 0, clearedStalls: job.stalledCounter })
  }
}
