import { type Database, freshness } from '@kilomega/database'
import type { Delivery, Publication } from '@kilomega/messaging'
import { portErrors } from '@kilomega/ports'
import type { Queue } from 'bullmq'
import type { JobDefinition } from './job.js'
import { outboxName } from './outbox-jobs.js'
import { queuedJob } from './queued-job.js'
import type { EndedJobs } from './ended-jobs.js'
import { jobSubscriber } from './job-subscriber.js'
import type { QueueConfig } from './queue.config.js'
import { within } from './within.js'

/** A job is first published within this many milliseconds, unless the relay or the store was down. Older jobs are looked up in the queue. */
const oldAfterMs = 2_500

interface Producer {
  definition: JobDefinition
  queue: Queue
  database: Database
  ended: EndedJobs
}

/**
 * Publishes jobs from outboxes to the queue. The delivery stays until the job has ended, when the worker deletes it. Until then the queue may lose the job any number
 * of times.
 */
export function jobPublication(producer: Producer, config: QueueConfig): Publication {
  const { definition } = producer
  const { timeoutMs, redriveMs } = config
  let adding = false
  return {
    schema: definition.module,
    eventName: outboxName(definition.jobName),
    subscriber: jobSubscriber(definition.jobName),
    batch: 500,
    againAfterMs: redriveMs,
    async publish(deliveries) {
      // Read after the commits: at the time of a commit, its position in the log is not yet known.
      const asFresh = await freshness(producer.database)
      // If the store hangs, sending again and again would pile up commands in the memory of its client.
      if (adding) throw portErrors.DEPENDENCY_UNAVAILABLE({ dependency: 'queue' })
      adding = true
      const added = addAll({ ...producer, config }, deliveries, asFresh).finally(() => (adding = false))
      await within(timeoutMs, added, 'queue')
    },
  }
}

async function addAll(
  { definition, queue, ended, config }: Producer & { config: QueueConfig },
  deliveries: readonly Delivery[],
  freshness: string,
): Promise<void> {
  const nowMs = Date.now()
  const jobOf = (delivery: Delivery) => queuedJob(definition, delivery, { nowMs, freshness, config })
  await queue.addBulk(deliveries.map(jobOf))
  const old = deliveries.filter(({ occurredAt }) => nowMs - Date.parse(occurredAt) > oldAfterMs)
  const states = await Promise.all(old.map(({ id }) => queue.getJobState(id)))
  // Published before and done, but the worker died before it could delete the delivery.
  for (const [index, { id }] of old.entries()) if (states[index] === 'completed') ended.done(definition, id)
  // A store that evicts keys may have lost the list that held the job, so that no worker would ever find it.
  const lost = old.filter((_, index) => states[index] === 'unknown')
  if (lost.length === 0) return
  await Promise.all(lost.map(({ id }) => queue.remove(id)))
  await queue.addBulk(lost.map(jobOf))
}
