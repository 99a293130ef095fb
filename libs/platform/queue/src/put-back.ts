import { DelayedError, type Job, WaitingError } from 'bullmq'

/** Thrown when a start of a job does not count: neither as an attempt nor against the job. Any worker starts the job again. */
export class PutBack extends Error {
  constructor(
    reason: string,
    /** Time before the next start, in milliseconds. */
    readonly waitMs: number,
  ) {
    super(reason)
  }
}

/** Puts the job back into its queue. The error that it throws tells BullMQ so. */
export async function putBack(job: Job, token: string | undefined, { waitMs }: PutBack): Promise<never> {
  if (waitMs === 0) {
    await job.moveToWait(token)
    throw new WaitingError()
  }
  await job.moveToDelayed(Date.now() + waitMs, token)
  throw new DelayedError()
}
