import { Databases } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import { DeliveryLoop } from './delivery-loop.js'
import { DeliveryTable } from './delivery-table.js'
import { DueWatch } from './due-watch.js'
import { EventStream } from './nats/event-stream.js'
import { StreamArrivals } from './nats/stream-arrivals.js'
import { Publisher } from './publisher.js'
import { RelayConfig } from './relay.config.js'
import type { Publication, Subscription } from './subscription.js'

/** Creates the loops of a relay. */
@Injectable()
export class DeliveryLoops {
  constructor(
    private readonly databases: Databases,
    private readonly config: RelayConfig,
    private readonly stream: EventStream,
    private readonly signals: Signals,
  ) {}

  /** Delivers from the ledger or, with NATS, events from the stream first. */
  deliver(subscription: Subscription): DeliveryLoop {
    return new DeliveryLoop({
      subscription,
      table: this.tableOf(subscription),
      arrivals: this.comesOverStream(subscription) ? this.arrivalsOf(subscription) : undefined,
      config: this.config,
      signals: this.signals,
    })
  }

  publish(publication: Publication): Publisher {
    return new Publisher({ publication, table: this.tableOf(publication), signals: this.signals })
  }

  watch(schema: string): DueWatch {
    return new DueWatch(this.databases.of(schema))
  }

  /** Whether the stream brings its events. If so, no process has to check the ledger when such an event is added. */
  comesOverStream({ ordered }: Subscription): boolean {
    return this.stream.enabled && !ordered
  }

  private tableOf({ schema, subscriber }: { schema: string; subscriber: string }): DeliveryTable {
    return new DeliveryTable(this.databases.of(schema), subscriber)
  }

  private arrivalsOf({ eventName, subscriber, batch }: Subscription): StreamArrivals {
    return new StreamArrivals({ stream: this.stream, eventName, subscriber, batch, leaseMs: this.config.leaseMs })
  }
}
