import { AckPolicy, type ConsumerConfig, type ConsumerInfo, DeliverPolicy, JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream'
import { durableName, eventSubject, streamName } from './subjects.js'

export interface DurableConsumer {
  subscriber: string
  eventName: string
  ackWithinMs: number
}

/** Of JetStream: a consumer of that name is there, with other settings. Older servers than 2.10 change it without a word. */
const alreadyExists = new Set([10_013, 10_105, 10_148])

/** Events that one subscriber may have taken and not acknowledged, over all its processes: JetStream's own default, said so that every version has it. */
const maxAckPending = 1_000

/**
 * The consumer of a subscriber with the settings of this version: made, or changed where another version has made it. What JetStream refuses to change is made
 * anew: it forgets what it had brought, and the ledger knows what is not delivered. Where neither is allowed, the one that is there is used, and `refused` is told.
 * `mayRemake` is false the second time: two versions at once would take it from each other without end.
 */
export async function ensureConsumer(
  manager: JetStreamManager,
  consumer: DurableConsumer,
  { mayRemake, refused }: { mayRemake: () => boolean; refused: (error: unknown) => void },
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
    const made = mayRemake() ? await remake(manager, settings) : undefined
    if (made !== undefined) return made
    refused(error)
    return manager.consumers.info(streamName, name)
  }
}

/** Nothing where this process may not, which it is not told in all ways alike. */
async function remake(manager: JetStreamManager, settings: Settings): Promise<ConsumerInfo | undefined> {
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
