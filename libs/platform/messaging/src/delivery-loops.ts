import { Databases } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import { DeliveryLoop } from './delivery-loop.js'
import type { DeliverySource } from './delivery-source.js'
import { DeliveryTable } from './delivery-table.js'
import { EventStream } from './nats/event-stream.js'
import { StreamDeliveries } from './nats/stream-deliveries.js'
import { RelayConfig } from './relay.config.js'
import type { Subscription } from './subscription.js'
import { WakeUp } from './wake-up.js'

/** Makes the loop that brings a subscriber its deliveries: from the ledger itself, or, with NATS, over the stream. */
@Injectable()
export class DeliveryLoops {
  constructor(
    private readonly databases: Databases,
    private readonly config: RelayConfig,
    private readonly stream: EventStream,
    private readonly wakeUp: WakeUp,
    private readonly signals: Signals,
  ) {}

  loopFor(subscription: Subscription): DeliveryLoop {
    return new DeliveryLoop({ subscription, source: this.sourceOf(subscription), config: this.config, signals: this.signals })
  }

  private sourceOf({ schema, subscriber, anywhere, batch }: Subscription): DeliverySource {
    const table = new DeliveryTable(this.databases.of(schema), subscriber)
    if (!anywhere || !this.stream.enabled) return table
    return new StreamDeliveries({ table, stream: this.stream, subscriber, batch, leaseMs: this.config.leaseMs, ring: () => this.wakeUp.ring(schema) })
  }
}
