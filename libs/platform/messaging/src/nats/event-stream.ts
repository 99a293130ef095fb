import { setTimeout as wait } from 'node:timers/promises'
import { Signals } from '@kilomega/observability'
import { Injectable, type OnModuleDestroy } from '@nestjs/common'
import { AckPolicy, DeliverPolicy, jetstream, type JetStreamClient, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { RelayConfig } from '../relay.config.js'
import { NatsConfig } from './nats.config.js'
import { NatsLink } from './nats-link.js'
import { durableName, eventSubject, everyEvent, streamName } from './subjects.js'

const dayNs = 24 * 3_600 * 1_000_000_000
/** What JetStream may take to answer, milliseconds: the ledger tries again. */
const answerWithinMs = 5_000
const retryMs = 1_000

export interface DurableConsumer {
  subscriber: string
  eventName: string
  ackWithinMs: number
}

/**
 * The stream by which domain events travel between processes. It only carries them: what is owed to whom stands in the ledger, so that a stream
 * which is lost costs a moment and no event. Stream and consumers are made by whoever needs them first.
 */
@Injectable()
export class EventStream implements OnModuleDestroy {
  private stopped = false

  constructor(
    private readonly link: NatsLink,
    private readonly nats: NatsConfig,
    private readonly relay: RelayConfig,
    private readonly signals: Signals,
  ) {}

  get enabled(): boolean {
    return this.link.enabled
  }

  onModuleDestroy(): void {
    this.stopped = true
  }

  /** Stores an event. Rejects where JetStream did not say that it has it. */
  async publish(eventName: string, text: string, messageId: string): Promise<void> {
    const connection = this.connection()
    await jetstream(connection, { timeout: answerWithinMs }).publish(eventSubject(eventName), text, { msgID: messageId })
  }

  tellStall(error: unknown): void {
    this.signals.emit('relay.stalled', { subscriber: 'stream' }, error)
  }

  /** That NATS is away is told by the link, once; this is for a NATS that is there. */
  tellUnavailable(what: string, error: unknown): void {
    if (this.link.connection !== undefined) this.signals.emit('events.stream-unavailable', { what }, error)
  }

  tellRefused(subscriber: string, error: unknown): void {
    this.signals.emit('events.message-refused', { subscriber }, error)
  }

  /** Calls `work` with JetStream once it is there, and again whenever `work` has ended or failed, until the process stops. */
  async keep(what: string, work: (client: JetStreamClient, manager: JetStreamManager) => Promise<unknown>): Promise<void> {
    while (!this.stopped) {
      try {
        const connection = this.connection()
        const manager = await jetstreamManager(connection, { timeout: answerWithinMs, checkAPI: false })
        await this.ensureStream(manager)
        await work(jetstream(connection, { timeout: answerWithinMs }), manager)
      } catch (error) {
        if (!this.stopped) this.tellUnavailable(what, error)
      }
      if (!this.stopped) await wait(retryMs, undefined, { ref: false })
    }
  }

  /** Makes the consumer of a subscriber, which remembers while nobody is there to listen. */
  async ensureConsumer(manager: JetStreamManager, { subscriber, eventName, ackWithinMs }: DurableConsumer): Promise<string> {
    const name = durableName(subscriber)
    await manager.consumers.add(streamName, {
      durable_name: name,
      filter_subject: eventSubject(eventName),
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: ackWithinMs * 1_000_000,
      max_deliver: -1,
    })
    return name
  }

  private async ensureStream(manager: JetStreamManager): Promise<void> {
    const settings = { subjects: [everyEvent], max_age: this.relay.keepDays * dayNs, num_replicas: this.nats.streamReplicas }
    await manager.streams.add({ name: streamName, ...settings }).catch(async (error: unknown) => {
      await manager.streams.update(streamName, settings).catch(() => Promise.reject(error as Error))
    })
  }

  private connection(): NatsConnection {
    const { connection } = this.link
    if (connection === undefined) throw new Error('NATS is away')
    return connection
  }
}
