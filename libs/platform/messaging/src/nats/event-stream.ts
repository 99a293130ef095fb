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
/** How long JetStream may take to answer, in milliseconds. After that the ledger tries again. */
const answerWithinMs = 5_000
const retryMs = 1_000
/** Work that ran longer than this had started well, so its failure is reported even if the same error was reported before, in milliseconds. */
const startedWellMs = 10_000
/** How often it is checked whether the stream still exists, in milliseconds. */
const lookEveryMs = 2_000
/** JetStream's error code for a stream that exists with other settings. */
const nameInUse = 10_058

/**
 * The stream by which domain events travel between processes. It only carries them: what is not delivered is in the ledger, so a lost stream causes a short
 * delay and loses no event. The owners create the stream, and recreate it when it is gone. All other processes try until it exists, and create their
 * consumers. The order in which processes start makes no difference.
 */
@Injectable()
export class EventStream implements OnModuleDestroy {
  private readonly losses: Counter
  /** When the stream that this process has last seen was created. */
  private created: string | undefined
  private stopped = false
  /** Subscribers whose consumers this process has recreated. */
  private readonly recreated = new Set<string>()

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

  /** Whether NATS is connected now. */
  get isConnected(): boolean {
    return this.link.connection !== undefined
  }

  onModuleDestroy(): void {
    this.stopped = true
  }

  /** From now on this process creates the stream and decides on its settings. Without an owner's permissions, it only reports that it cannot. */
  own(): void {
    if (this.enabled) void this.keepRunning('creating it', (_, manager) => this.maintain(manager))
  }

  /** Stores an event, once under its id. Rejects if JetStream does not confirm that it has stored the event. */
  async publish(eventName: string, text: string, messageId: string): Promise<void> {
    const client = jetstream(this.connection(), { timeout: answerWithinMs })
    await client.publish(eventSubject(eventName), text, { msgID: messageId })
  }

  /** For failures while NATS is connected. A lost connection is reported by the link, once. */
  reportUnavailable(what: string, error: unknown): void {
    if (this.link.connection !== undefined) this.signals.emit('events.stream-unavailable', { what }, error)
  }

  reportRefused(subscriber: string, error: unknown): void {
    this.signals.emit('events.message-refused', { subscriber }, error)
  }

  /** Calls `work` with JetStream once it is available, and again whenever `work` has ended or failed, until the process stops. */
  async keepRunning(what: string, work: (client: JetStreamClient, manager: JetStreamManager) => Promise<unknown>): Promise<void> {
    await new Promise<void>((resolve) => this.link.whenOpen(() => resolve()))
    let reported = ''
    while (!this.stopped) {
      const startedMs = performance.now()
      try {
        const connection = this.connection()
        const manager = await jetstreamManager(connection, { timeout: answerWithinMs, checkAPI: false })
        await work(jetstream(connection, { timeout: answerWithinMs }), manager)
      } catch (error) {
        const isNew = String(error) !== reported || performance.now() - startedMs > startedWellMs
        if (!this.stopped && isNew) this.reportUnavailable(what, error)
        reported = String(error)
      }
      if (!this.stopped) await wait(retryMs, undefined, { ref: false })
    }
  }

  /** Creates the consumer of a subscriber. It keeps its position while no process of the subscriber is running. */
  async ensureConsumer(manager: JetStreamManager, consumer: DurableConsumer): Promise<string> {
    const { subscriber } = consumer
    const { name } = await ensureConsumer(manager, consumer, {
      mayRecreate: () => !this.recreated.has(subscriber) && this.recreated.add(subscriber).size > 0,
      refused: (error) => this.reportUnavailable(`settings of ${subscriber}`, error),
    })
    return name
  }

  /** Settings are applied once, so that owners of two versions do not change them back and forth. */
  private async maintain(manager: JetStreamManager): Promise<void> {
    const settings = {
      subjects: [everyEvent],
      max_age: this.relay.keepDays * dayMs * 1_000_000,
      num_replicas: this.nats.streamReplicas,
      duplicate_window: this.nats.dedupeWindowMs * 1_000_000,
    }
    const create = async (ifDifferent: () => Promise<StreamInfo | undefined>) => {
      const created = manager.streams.add({ name: streamName, ...settings }).catch((error: unknown) => {
        if (error instanceof JetStreamApiError && error.code === nameInUse) return ifDifferent()
        throw error
      })
      const info = await created
      if (info !== undefined) this.seen(info)
    }
    await create(() => updateStream(this.connection(), settings))
    while (!this.stopped) {
      await wait(lookEveryMs, undefined, { ref: false })
      if (!this.stopped) await create(async () => undefined)
    }
  }

  /** A recreated stream has lost its events: they are claimed from the ledger. */
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

/** Unlike the library's own update, this does not read the stream first: an owner may change the stream but may not read it. */
async function updateStream(connection: NatsConnection, settings: object): Promise<StreamInfo> {
  const request = JSON.stringify({ name: streamName, ...settings })
  const reply = await connection.request(`$JS.API.STREAM.UPDATE.${streamName}`, request, { timeout: answerWithinMs })
  const answer = reply.json<StreamInfo & { error?: ApiError }>()
  if (answer.error !== undefined) throw new JetStreamApiError(answer.error)
  return answer
}
