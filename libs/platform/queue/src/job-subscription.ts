import type { Delivery, Subscription } from '@kilomega/messaging'
import type { JobsOptions, Queue } from 'bullmq'
import type { JobDefinition } from './job.js'
import { outboxName } from './outbox-jobs.js'

/** What a queue holds of a job: its payload and the request that asked for it. */
export interface QueuedJob {
  payload: unknown
  requestId: string
}

interface OutboxPayload {
  payload: unknown
  delayMs: number
}

/** Finished jobs that a queue remembers: a repeated delivery of one of them is recognised by its id and not queued again. */
const rememberedJobs = 1_000

export const jobOptions = ({ attempts, backoffMs }: JobDefinition): JobsOptions => ({
  attempts,
  backoff: { type: 'jitter', delay: backoffMs },
  removeOnComplete: { count: rememberedJobs },
})

/** Puts what outboxes ask for into the queue. The id of the outbox row is the id of the job, so a repeat adds nothing. */
export const jobSubscription = (definition: JobDefinition, queue: Queue): Subscription => ({
  schema: definition.module,
  eventName: outboxName(definition.jobName),
  subscriber: `queue:${definition.jobName}`,
  anywhere: false,
  batch: 500,
  async deliver(deliveries) {
    await queue.addBulk(deliveries.map((delivery) => queued(definition, delivery)))
  },
})

function queued(definition: JobDefinition, { id, payload, requestId }: Delivery) {
  const { payload: wanted, delayMs } = payload as OutboxPayload
  const data: QueuedJob = { payload: wanted, requestId }
  return { name: definition.jobName, data, opts: { ...jobOptions(definition), jobId: id, delay: delayMs } }
}
