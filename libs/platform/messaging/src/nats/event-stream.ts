import { setTimeout as wait } from 'node:timers/promises'
import { type Counter, Metrics, Signals } from '@kilomega/observability'
import { Injectable, type OnModuleDestroy } from '@nestjs/common'
import {
  type ApiError,
  jetstream,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type StreamInfo,
} from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { RelayConfig } from '../relay.config.js'
import { type DurableConsumer, ensureConsumer } from './durable-consumer.js'
import { NatsConfig } from './nats.config.js'
import { NatsLink } from './nats-link.js'
import { eventSubject, everyEvent, streamName } from './subjects.js'

const dayMs = 24 * 3_600_000
/** What JetStream may take to answer, milliseconds: the ledger tries again. */
const answerWithinMs = 5_000
const retryMs = 1_000
/** Work that lasted longer had begun well, milliseconds: its end is news, whatever was said before. */
const beganWellMs = 10_000
/** How soon a stream that is gone is made again, milliseconds. */
const lookEveryMs = 2_000
/** Of JetStream: a stream of that name is there, with other settings. */
const nameInUse = 10_058

/**
 * The stream by which domain events travel between processes. It only carries them: what is not delivered stands in the ledger, so that a stream
 * which is lost costs a moment and no event. Its owners make it, and make it again when it is gone; all others try until it is there, and make their
 * consumers. In which order processes start makes no difference.
 */
@Injectable()
export class EventStream implements OnModuleDestroy {
  private readonly losses: Counter
  /** When the stream was made that this process has seen last. */
  private created: string | undefined
  private stopped = false
  /** Subscribers whose consumers this process has made anew. */
  private readonly remade = new Set<string>()

  constructor(
    private readonly link: NatsLink,
    private readonly nats: NatsConfig,
    private readonly relay: RelayConfig,
    private readonly signals: Signals,
    metrics: Metrics,
  ) {
    this.losses = metrics.counter('events_stream_losses_total', 'Times that the stream of domain events was found to be another one')
  }

  get enabled(): boolean {
    return this.link.enabled
  }

  /** Whether NATS can be reached now. */
  get isThere(): boolean {
    return this.link.connection !== undefined
  }

  onModuleDestroy(): void {
    this.stopped = true
  }

  /** From now on this process makes the stream and decides on its settings. Without the permission of an owner, all that it does is complain. */
  own(): void {
    if (this.enabled) void this.keep('making it', (_, manager) => this.lookAfter(manager))
  }

  /** Stores an event, once under its id. Rejects where JetStream did not say that it has it. */
  async publish(eventName: string, text: string, messageId: string): Promise<void> {
    const client = jetstream(this.connection(), { timeout: answerWithinMs })
    await client.publish(eventSubject(eventName), text, { msgID: messageId })
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
    await new Promise<void>((resolve) => this.link.whenOpen(() => resolve()))
    let told = ''
    while (!this.stopped) {
      const beganMs = performance.now()
      try {
        const connection = this.connection()
        const manager = await jetstreamManager(connection, { timeout: answerWithinMs, checkAPI: false })
        await work(jetstream(connection, { timeout: answerWithinMs }), manager)
      } catch (error) {
        const news = String(error) !== told || performance.now() - beganMs > beganWellMs
        if (!this.stopped && news) this.tellUnavailable(what, error)
        told = String(error)
      }
      if (!this.stopped) await wait(retryMs, undefined, { ref: false })
    }
  }

  /** Makes the consumer of a subscriber, which remembers while nobody is there to listen. */
  async ensureConsumer(manager: JetStreamManager, consumer: DurableConsumer): Promise<string> {
    const { subscriber } = consumer
    const { name } = await ensureConsumer(manager, consumer, {
      mayRemake: () => !this.remade.has(subscriber) && this.remade.add(subscriber).size > 0,
      refused: (error) => this.tellUnavailable(`settings of ${subscriber}`, error),
    })
    return name
  }

  /** Settings are given once, so that owners of two versions do not change them to and fro. */
  private async lookAfter(manager: JetStreamManager): Promise<void> {
    const settings = {
      subjects: [everyEvent],
      max_age: this.relay.keepDays * dayMs * 1_000_000,
      num_replicas: this.nats.streamReplicas,
      duplicate_window: this.nats.dedupeWindowMs * 1_000_000,
    }
    const make = async (whenOther: () => Promise<StreamInfo | undefined>) => {
      const made = manager.streams.add({ name: streamName, ...settings }).catch((error: unknown) => {
        if (error instanceof JetStreamApiError && error.code === nameInUse) return whenOther()
        throw error
      })
      const info = await made
      if (info !== undefined) this.seen(info)
    }
    await make(() => updateStream(this.connection(), settings))
    while (!this.stopped) {
      await wait(lookEveryMs, undefined, { ref: false })
      if (!this.stopped) await make(async () => undefined)
    }
  }

  /** One that was made anew has lost what the other held: it is claimed from the ledger. */
  private seen({ created }: StreamInfo): void {
    if (this.created !== undefined && this.created !== created) {
      this.losses.add()
      this.signals.emit('events.stream-lost')
    }
    this.created = created
  }

  private connection(): NatsConnection {
    const { connection } = this.link
    if (connection === undefined) throw new Error('NATS is away')
    return connection
  }
}

/** Without a look at it first, as the library's own update has one: an owner may change the stream and may not read it. */
async function updateStream(connection: NatsConnection, settings: object): Promise<StreamInfo> {
  const order = JSON.stringify({ name: streamName, ...settings })
  const reply = await connection.request(`$JS.API.STREAM.UPDATE.${streamName}`, order, { timeout: answerWithinMs })
  const answer = reply.json<StreamInfo & { error?: ApiError }>()
  if (answer.error !== undefined) throw new JetStreamApiError(answer.error)
  return answer
}
