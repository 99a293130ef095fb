import { type Database, migration, type Transaction } from '@kilomega/database'
import { StopBudget } from '@kilomega/observability'
import { type DomainEvent, event } from '@kilomega/ports'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { z } from 'zod'
import { DeliveryLoops } from '../src/delivery-loops.js'
import { eventSubscription } from '../src/event-subscription.js'
import { ledgerMigrations } from '../src/ledger-migrations.js'
import { EventStream } from '../src/nats/event-stream.js'
import { StreamPublishers } from '../src/nats/stream-publishers.js'
import { PostgresOutbox } from '../src/outbox.postgres.js'
import { Relay } from '../src/relay.js'
import { RelayGauges } from '../src/relay-gauges.js'
import type { RelayConfig } from '../src/relay.config.js'
import { WakeUp } from '../src/wake-up.js'
import { NatsSide } from './nats-side.js'
import { SilentBroadcast } from './silent-broadcast.js'

export const ShipSank = event('harbour.ship-sank', z.object({ name: z.string() }))
/** The events of one ship are delivered in the order in which they happened. */
export const ShipSailed = event('harbour.ship-sailed', z.object({ name: z.string() }), { orderBy: ({ name }) => name.split(' ')[0]! })
const createLoss = migration('202601010000-create-loss', 'CREATE TABLE insurer.loss (name text NOT NULL)')

export const relayConfig: RelayConfig = {
  pollMs: 50,
  leaseMs: 1_000,
  maxAttempts: 3,
  backoffMs: 1,
  maxBackoffMs: 900_000,
  maxLostLeases: 3,
  pauseMs: 1_000,
  confirmMs: 60_000,
  keepDays: 7,
  canaryMs: 0,
}

export type Hear = (events: DomainEvent<{ name: string }>[], transaction: Transaction) => Promise<void>

/** What an insurer does when it hears that ships sank. The table has no unique key, so that duplicates show. */
export const record: Hear = async (events, transaction) => {
  for (const { payload } of events) await transaction.query('INSERT INTO insurer.loss VALUES ($1)', [payload.name])
}

export interface HearOptions {
  batch?: number
  method?: string
  /** Default: `ShipSank`. */
  event?: typeof ShipSank
  config?: Partial<RelayConfig>
}

/** A process that has a subscriber. */
export interface Hearer {
  relay: Relay
  stop(): Promise<void>
}

/** A harbour that adds events about ships to its outbox, and insurers that hear them: from the ledger or, with a URL, over the stream of that NATS server. */
export class EventShips {
  readonly harbour: Database
  outbox: PostgresOutbox
  readonly wakeUp = new WakeUp(new SilentBroadcast())
  /** Stops the process that last started to publish. */
  stopPublishing: () => Promise<void> = async () => undefined
  private readonly closing: (() => Promise<void>)[] = []

  private constructor(
    readonly opened: TestDatabase,
    private readonly natsUrl: string | undefined,
  ) {
    this.harbour = opened.databases.of('harbour')
    this.outbox = this.outboxOf(relayConfig)
  }

  static async open(natsUrl?: string, config: Partial<RelayConfig> = {}): Promise<EventShips> {
    const modules = [
      { schema: 'harbour', migrations: [] },
      { schema: 'insurer', migrations: [createLoss] },
    ]
    const ships = new EventShips(await openDatabase({ modules, platform: ledgerMigrations }), natsUrl)
    ships.startPublishing(config)
    return ships
  }

  /** Starts to publish pending events to the stream, in a process that owns the stream by default. Without NATS this does nothing: subscribers claim from the ledger. */
  startPublishing(config: Partial<RelayConfig> = {}, owns = true): void {
    const all = { ...relayConfig, ...config }
    this.outbox = this.outboxOf(all)
    if (this.natsUrl === undefined) return
    const { stream, close } = this.streamOf(all)
    if (owns) stream.own()
    const local = { implementations: [{ name: 'harbour' }] } as never
    const publishers = new StreamPublishers(local, this.opened.databases, all, stream, this.wakeUp)
    publishers.onApplicationBootstrap()
    this.stopPublishing = once(async () => {
      stream.onModuleDestroy()
      await publishers.beforeApplicationShutdown()
      await close()
    })
    this.closing.push(this.stopPublishing)
  }

  /** Starts a subscriber. To NATS it is a separate process. */
  async hear(hear: Hear, { batch = 10, method = 'pay', event: heard = ShipSank, config: changes }: HearOptions = {}): Promise<Hearer> {
    const config = { ...relayConfig, ...changes }
    const { stream, close } = this.streamOf(config)
    const { databases, signals, metrics } = this.opened
    const loops = new DeliveryLoops(databases, config, stream, signals)
    const relay = new Relay(loops, config, this.wakeUp, new RelayGauges(databases, metrics), new StopBudget(signals))
    const stop = once(async () => {
      stream.onModuleDestroy?.()
      await relay.beforeApplicationShutdown()
      await close()
    })
    this.closing.push(stop)
    const hearing = { event: heard, method, batch }
    const subscription = eventSubscription({ hearing, instance: () => ({ [method]: hear }), database: databases.of('insurer') })
    await this.rows('INSERT INTO harbour.subscriber (event_name, name) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      subscription.eventName,
      subscription.subscriber,
    ])
    relay.subscribe(subscription)
    relay.start()
    return { relay, stop }
  }

  sink(...names: string[]): Promise<void> {
    return this.harbour.write((transaction) => this.outbox.add(transaction, ...names.map((name) => ShipSank({ name }))))
  }

  sail(...legs: string[]): Promise<void> {
    return this.harbour.write((transaction) => this.outbox.add(transaction, ...legs.map((name) => ShipSailed({ name }))))
  }

  async losses(): Promise<string[]> {
    return (await this.rows<{ name: string }>('SELECT name FROM insurer.loss ORDER BY name')).map(({ name }) => name)
  }

  async undelivered(): Promise<number> {
    return (await this.rows('SELECT event_id FROM harbour.delivery')).length
  }

  rows<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.harbour.write((transaction) => transaction.query<Row>(sql, parameters))
  }

  async close(): Promise<void> {
    await Promise.all(this.closing.map((close) => close()))
    await this.opened.close()
  }

  private outboxOf(config: RelayConfig): PostgresOutbox {
    return new PostgresOutbox(this.wakeUp, { enabled: this.natsUrl !== undefined } as EventStream, config)
  }

  private streamOf(config: RelayConfig): { stream: EventStream; close: () => Promise<void> } {
    if (this.natsUrl === undefined) return { stream: { enabled: false } as EventStream, close: async () => undefined }
    const side = new NatsSide({ url: this.natsUrl })
    return { stream: new EventStream(side.link, side.config, config, this.opened.signals, this.opened.metrics), close: () => side.close() }
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= work())
}
