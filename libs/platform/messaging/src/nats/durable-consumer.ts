import { AckPolicy, type ConsumerConfig, type ConsumerInfo, DeliverPolicy, JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream'
import { durableName, eventSubject, streamName } from './subjects.js'

export interface DurableConsumer {
  subscriber: string
  eventName: string
  ackWithinMs: number
}

/** JetStream error codes for a consumer that exists with other settings. Servers older than 2.10 change it without an error. */
const alreadyExists = new Set([10_013, 10_105, 10_148])

/** The most events that one subscriber may have fetched and not acknowledged, over all its processes. JetStream's default, set explicitly so that every version uses it. */
const maxAckPending = 1_000

/**
 * Ensures that the consumer of a subscriber has the settings of this version: it is created, or updated if another version has created it. If JetStream refuses the
 * update, the consumer is recreated: it forgets what it has sent, and the ledger has what is not delivered. If that is not allowed either, the existing consumer is used
 * and `refused` is called. `mayRecreate` returns false the second time: two versions that run at once would otherwise take it from each other without end.
 */
export async function ensureConsumer(
  manager: JetStreamManager,
  consumer: DurableConsumer,
  { mayRecreate, refused }: { mayRecreate: () => boolean; refused: (error: unknown) => void },
): Promise<Pick<ConsumerInfo, 'name' | 'created'>> {
  const settings = settingsOf(consumer)
  const name = settings.durable_name
  try {
    return await manager.consumers.add(streamName, settings)
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || !alreadyExists.has(error.code)) throw error
  }
  const { durable_name: _, ...changes } = settings
  try {
    return await manager.consumers.update(streamName, name, changes)
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error
    const made = mayRecreate() ? await recreate(manager, settings) : undefined
    if (made !== undefined) return made
    refused(error)
    return manager.consumers.info(streamName, name)
  }
}

/** Returns undefined if this process lacks the permission. NATS reports that in different ways. */
async function recreate(manager: JetStreamManager, settings: Settings): Promise<ConsumerInfo | undefined> {
  const deleted = await manager.consumers.delete(streamName, settings.durable_name).catch(() => false)
  return deleted ? manager.consumers.add(streamName, settings) : undefined
}

type Settings = Partial<ConsumerConfig> & { durable_name: string }

const settingsOf = ({ subscriber, eventName, ackWithinMs }: DurableConsumer): Settings => ({
  durable_name: durableName(subscriber),
  filter_subject: eventSubject(eventName),
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  ack_wait: ackWithinMs * 1_000_000,
  max_deliver: -1,
  max_ack_pending: maxAckPending,
})
