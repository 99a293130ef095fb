import { Databases } from '@kilomega/database'
import { Metrics } from '@kilomega/observability'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'
import { DeliveryLoops } from './delivery-loops.js'
import { DueWatch } from './due-watch.js'
import { RelayGauges } from './relay-gauges.js'
import { everySo, type Poll } from './poll.js'
import { RelayConfig } from './relay.config.js'
import type { Publication, Subscription } from './subscription.js'
import { WakeUp } from './wake-up.js'

interface Loop {
  wake(): void
  stop(): Promise<void>
}

/** Delivers what outboxes hold to the subscribers of this process, after commit and at least once. */
@Injectable()
export class Relay implements BeforeApplicationShutdown {
  private readonly loops: Loop[] = []
  private readonly watches = new Map<string, DueWatch>()
  private readonly gauges: RelayGauges
  private waiting: (() => void)[] | undefined = []
  private poll: Poll | undefined

  constructor(
    private readonly deliveryLoops: DeliveryLoops,
    private readonly databases: Databases,
    private readonly config: RelayConfig,
    private readonly wakeUp: WakeUp,
    metrics: Metrics,
  ) {
    this.gauges = new RelayGauges(metrics)
  }

  /** Delivers every event of that name here. Its subscriber is registered already (`registerSubscribers`). */
  subscribe(subscription: Subscription): void {
    const { schema, eventName, subscriber } = subscription
    this.gauges.add(this.databases.of(schema), subscriber)
    this.whenStarted(() => {
      const loop = this.deliveryLoops.deliver(subscription)
      if (!this.deliveryLoops.comesOverStream(subscription)) this.wakeUp.listen(schema, () => loop.ring(), eventName)
      this.add(loop, subscription)
      loop.start()
    })
  }

  /** Publishes here what is written under that name. */
  publish(publication: Publication): void {
    this.whenStarted(() => {
      const publisher = this.deliveryLoops.publish(publication)
      this.wakeUp.listen(publication.schema, () => publisher.wake(), publication.eventName)
      this.add(publisher, publication)
      publisher.wake()
    })
  }

  /** Nothing is delivered before: by then all modules are ready for what comes, and all that may be asked for is registered. */
  start(): void {
    const begin = this.waiting ?? []
    this.waiting = undefined
    for (const one of begin) one()
    this.poll ??= everySo(this.config.pollMs, () => this.watches.forEach((watch) => watch.look()))
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.waiting = []
    this.poll?.stop()
    await Promise.all([...this.watches.values()].map((watch) => watch.end()))
    await Promise.all(this.loops.map((loop) => loop.stop()))
  }

  private whenStarted(begin: () => void): void {
    if (this.waiting === undefined) begin()
    else this.waiting.push(begin)
  }

  private add(loop: Loop, { schema, subscriber }: { schema: string; subscriber: string }): void {
    this.loops.push(loop)
    const watch = this.watches.get(schema) ?? new DueWatch(this.databases.of(schema))
    this.watches.set(schema, watch)
    watch.add(subscriber, () => loop.wake())
  }
}
