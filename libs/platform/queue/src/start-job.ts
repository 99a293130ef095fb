import type { Job } from 'bullmq'
import { UnrecoverableError } from 'bullmq'
import type { JobDefinition } from './job.js'
import type { QueuedJob } from './queued-job.js'

/** Starts alone in its process that never ended, before a job is a dead letter: with the one before them, in company, a job may end three processes. */
const maxLoneStarts = 2

/** Why a job is not started, as its dead letter says it. */
export const jobFailures = {
  expired: 'JOB_EXPIRED: it came later than its work was worth doing',
  payload: 'JOB_PAYLOAD_INVALID',
  killer: 'JOB_KILLED_ITS_PROCESS: three processes have ended while it was at work',
} as const

/** The store of the queue has lost what it held of a job, and the ledger still has it. */
export class ForgottenJob extends UnrecoverableError {}

/** It has ended too many processes. */
export class KillerJob extends UnrecoverableError {
  constructor() {
    super(jobFailures.killer)
  }
}

/**
 * Whether a worker was lost with the job and it has not ended regularly since. What was put back, parked or tried again was lost by nobody: the queue counts
 * only starts whose worker was not heard of any more.
 */
export const isSuspect = ({ stalledCounter, data }: Job<QueuedJob>): boolean => stalledCounter > (data.clearedStalls ?? 0)

/** Whether this worker is too old to know what the job means. */
export const isOfNewerVersion = ({ data }: Job<QueuedJob>, { version }: JobDefinition): boolean => (data.version ?? 1) > version

/** The payload as its schema reads it. Throws what makes the job a dead letter at once: too late, or no payload of this kind. */
export function payloadOf({ data }: Job<QueuedJob>, { schema }: JobDefinition, nowMs: number): unknown {
  if (data.expiresAtMs !== undefined && data.expiresAtMs < nowMs) throw new UnrecoverableError(jobFailures.expired)
  const read = schema.safeParse(data.payload)
  if (!read.success) throw new UnrecoverableError(`${jobFailures.payload}: ${read.error.message}`)
  return read.data
}

/**
 * Runs a suspect, alone by now, with the start on record in the queue before it begins, and cleared when it has ended, however. Throws what makes
 * it a dead letter where it has left too many behind.
 */
export async function onRecord(job: Job<QueuedJob>, work: () => Promise<void>): Promise<void> {
  const { loneStarts = 0 } = job.data
  if (loneStarts >= maxLoneStarts) throw new KillerJob()
  await job.updateData({ ...job.data, loneStarts: loneStarts + 1 })
  try {
    await work()
  } finally {
    await job.updateData({ ...job.data, loneStarts: 0, clearedStalls: job.stalledCounter })
  }
}
