import { DelayedError, type Job, WaitingError } from 'bullmq'

/** Thrown where a start of a job counts for nothing: neither as a try nor against the job. It is started again, by whoever is there. */
export class PutBack extends Error {
  constructor(
    reason: string,
    /** Not before this long has passed, milliseconds. */
    readonly waitMs: number,
  ) {
    super(reason)
  }
}

/** Puts the job at hand back into its queue. What it throws tells BullMQ that it is there. */
export async function putBack(job: Job, token: string | undefined, { waitMs }: PutBack): Promise<never> {
  if (waitMs === 0) {
    await job.moveToWait(token)
    throw new WaitingError()
  }
  await job.moveToDelayed(Date.now() + waitMs, token)
  throw new DelayedError()
}
