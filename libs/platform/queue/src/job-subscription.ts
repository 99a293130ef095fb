import { type Database, freshness } from '@kilomega/database'
import type { Delivery, Subscription } from '@kilomega/messaging'
import { portErrors } from '@kilomega/ports'
import type { Queue } from 'bullmq'
import type { JobDefinition } from './job.js'
import { outboxName } from './outbox-jobs.js'
import { type OutboxPayload, queuedJob } from './queued-job.js'
import type { EndedJobs } from './ended-jobs.js'
import { jobSubscriber } from './job-subscriber.js'
import type { QueueConfig } from './queue.config.js'
import { within } from './within.js'

/** A job that is still not done is put into the queue again after half of its age, and at least so often, milliseconds. */
const redriveWithinMs = 900_000

/** The first time a job is put into the queue within this, unless the relay or the store was away; later ones are looked up there, milliseconds. */
const oldAfterMs = 2_500

interface Producer {
  definition: JobDefinition
  queue: Queue
  database: Database
  ended: EndedJobs
}

/**
 * Puts what outboxes ask for into the queue. It stays owed until the job has ended: then who did it crosses it out. Until then the queue may forget it
 * as often as it likes.
 */
export function jobSubscription(producer: Producer, { timeoutMs, redriveMs }: QueueConfig): Subscription {
  const { definition } = producer
  const timeOf = rememberingLast(Date.parse)
  let adding = false
  return {
    schema: definition.module,
    eventName: outboxName(definition.jobName),
    subscriber: jobSubscriber(definition.jobName),
    anywhere: false,
    batch: 500,
    handsOver: {
      usuallyMs: redriveMs,
      againAfterMs: ({ occurredAt, payload }) => {
        const ageMs = Date.now() - timeOf(occurredAt)
        const leftMs = Math.max(0, ((payload as Partial<OutboxPayload>).delayMs ?? 0) - ageMs)
        return leftMs + Math.min(redriveWithinMs, Math.max(redriveMs, ageMs / 2))
      },
    },
    async deliver(deliveries) {
      // After their commits: at the time of a commit nobody can tell where in the log it will stand.
      const asFresh = await freshness(producer.database)
      // Of a store that hangs: to send the same again and again would collect all that is owed in the memory of its client.
      if (adding) throw portErrors.DEPENDENCY_UNAVAILABLE({ dependency: 'queue' })
      adding = true
      const added = addAll(producer, deliveries, asFresh).finally(() => (adding = false))
      await within(timeoutMs, added, 'queue')
    },
  }
}

async function addAll({ definition, queue, ended }: Producer, deliveries: readonly Delivery[], freshness: string): Promise<void> {
  const nowMs = Date.now()
  await queue.addBulk(deliveries.map((delivery) => queuedJob(definition, delivery, { nowMs, freshness })))
  // Put into it before, and done, but the worker died before it could cross it out.
  const old = deliveries.filter(({ occurredAt }) => nowMs - Date.parse(occurredAt) > oldAfterMs)
  const states = await Promise.all(old.map(({ id }) => queue.getJobState(id)))
  for (const [index, { id }] of old.entries()) if (states[index] === 'completed') ended.done(definition, id)
}

/** What one transaction asks for has one time: to read it for each of 10,000 jobs takes 2.5 ms. */
function rememberingLast(parse: (text: string) => number): (text: string) => number {
  let last = { text: '', value: NaN }
  return (text) => {
    if (text !== last.text) last = { text, value: parse(text) }
    return last.value
  }
}
