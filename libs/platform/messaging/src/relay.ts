import { StopBudget } from '@kilomega/observability'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'
import { DeliveryLoops } from './delivery-loops.js'
import type { DueWatch } from './due-watch.js'
import { RelayGauges } from './relay-gauges.js'
import { everySo, type Poll } from './poll.js'
import { RelayConfig } from './relay.config.js'
import type { Publication, Subscription } from './subscription.js'
import { WakeUp } from './wake-up.js'

/** What the deliveries at work may take when the process stops, milliseconds. */
const longestStopMs = 5_000

interface Loop {
  wake(): void
  stop(withinMs: number): Promise<void>
}

/** Delivers what outboxes hold to the subscribers of this process, after commit and at least once. */
@Injectable()
export class Relay implements BeforeApplicationShutdown {
  private readonly loops: Loop[] = []
  private readonly watches = new Map<string, DueWatch>()
  private waiting: (() => void)[] | undefined = []
  private poll: Poll | undefined

  constructor(
    private readonly deliveryLoops: DeliveryLoops,
    private readonly config: RelayConfig,
    private readonly wakeUp: WakeUp,
    private readonly gauges: RelayGauges,
    private readonly stopBudget: StopBudget,
  ) {}

  /** Delivers every event of that name here. Its subscriber is registered already (`registerSubscribers`). */
  subscribe(subscription: Subscription): void {
    const { schema, eventName, subscriber } = subscription
    this.gauges.add(schema, subscriber)
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
    for (const watch of this.watches.values()) watch.end()
    const share = this.stopBudget.share('ledger')
    // What is cut still has to be given back within the share.
    const withinMs = Math.min(longestStopMs, share.leftMs / 2)
    await share.within('deliveries', Promise.all(this.loops.map((loop) => loop.stop(withinMs))))
  }

  private whenStarted(begin: () => void): void {
    if (this.waiting === undefined) begin()
    else this.waiting.push(begin)
  }

  private add(loop: Loop, { schema, subscriber }: { schema: string; subscriber: string }): void {
    this.loops.push(loop)
    const watch = this.watches.get(schema) ?? this.deliveryLoops.watch(schema)
    this.watches.set(schema, watch)
    watch.add(subscriber, () => loop.wake())
  }
}
