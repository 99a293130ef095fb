import { Databases } from '@kilomega/database'
import { type DynamicModule, Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import { Canaries } from './operations/canaries.js'
import { CanaryWatch } from './operations/canary-watch.js'
import { LedgerOperations } from './operations/ledger-operations.js'
import { Ledgers } from './operations/ledgers.js'
import { DatabaseTime } from './database-time.js'
import { DeliveryLoops } from './delivery-loops.js'
import { eventSubscription } from './event-subscription.js'
import { hearingsOf } from './hears.js'
import { type Implementation, LocalModules } from './implement.js'
import { LedgerRetention } from './ledger-retention.js'
import { LocalPorts } from './local-ports.js'
import { EventStream } from './nats/event-stream.js'
import { NatsConfig } from './nats/nats.config.js'
import { NatsLink } from './nats/nats-link.js'
import { NatsStrategy } from './nats/nats-strategy.js'
import { StreamPublishers } from './nats/stream-publishers.js'
import { RemotePorts } from './nats/remote-ports.js'
import { Outbox } from './outbox.js'
import { OwnReceipts } from './own-receipts.js'
import { PostgresOutbox } from './outbox.postgres.js'
import { PortCalls } from './port-calls.js'
import { Receipts } from './receipts.js'
import { PostgresReceipts } from './receipts.postgres.js'
import { Relay } from './relay.js'
import { RelayConfig } from './relay.config.js'
import { RelayGauges } from './relay-gauges.js'
import { RemoteConfig } from './remote.config.js'
import { WakeUp } from './wake-up.js'

/** Subscribes every `@Hears` method of the modules in this process, once all of them exist. */
@Injectable()
class Subscriptions implements OnApplicationBootstrap {
  constructor(
    private readonly modules: LocalModules,
    private readonly relay: Relay,
    private readonly databases: Databases,
    private readonly references: ModuleRef,
    private readonly wakeUp: WakeUp,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const { name, hears } of this.modules.implementations) {
      for (const subscriber of hears) this.subscribe(name, subscriber)
    }
    await this.wakeUp.start()
  }

  private subscribe(name: string, subscriber: Implementation['hears'][number]): void {
    const instance = () => this.references.get<object>(subscriber, { strict: false })
    for (const hearing of hearingsOf(subscriber)) {
      this.relay.subscribe(eventSubscription({ hearing, instance, database: this.databases.of(name) }))
    }
  }
}

const ledger = [DatabaseTime, DeliveryLoops, LedgerRetention, OwnReceipts, PostgresOutbox, Relay, RelayGauges, WakeUp]
const operations = [Canaries, CanaryWatch, LedgerOperations, Ledgers]
const nats = [EventStream, NatsLink, NatsStrategy, RemotePorts, StreamPublishers]

/** Ports, outbox and relay, for everything in the process. */
@Module({})
export class MessagingModule {
  static readonly config = [RelayConfig, NatsConfig, RemoteConfig]

  static forProcess(implementations: readonly Implementation[]): DynamicModule {
    const local = { provide: LocalModules, useValue: { implementations } }
    const outbox = { provide: Outbox, useExisting: PostgresOutbox }
    const receipts = { provide: Receipts, useClass: PostgresReceipts }
    return {
      module: MessagingModule,
      global: true,
      providers: [local, outbox, receipts, ...ledger, ...operations, ...nats, LocalPorts, PortCalls, Subscriptions],
      exports: [
        Canaries,
        EventStream,
        LedgerOperations,
        Ledgers,
        LocalModules,
        LocalPorts,
        NatsLink,
        NatsStrategy,
        Outbox,
        PostgresOutbox,
        PortCalls,
        Receipts,
        Relay,
        RemotePorts,
        WakeUp,
      ],
    }
  }
}
