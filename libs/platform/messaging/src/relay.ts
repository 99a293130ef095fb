import { StopBudget } from '@kilomega/observability'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'
import { DeliveryLoops } from './delivery-loops.js'
import type { DueWatch } from './due-watch.js'
import { RelayGauges } from './relay-gauges.js'
import { pollEvery, type Poll } from './poll.js'
import { RelayConfig } from './relay.config.js'
import type { Publication, Subscription } from './subscription.js'
import { WakeUp } from './wake-up.js'

/** How long running deliveries may take when the process stops, in milliseconds. */
const longestStopMs = 5_000

interface Loop {
  wake(): void
  stop(withinMs: number): Promise<void>
}

/** Delivers the events of outboxes to the subscribers of this process, after commit and at least once. */
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

  /** Delivers every event of that name in this process. The subscriber is already registered (`registerSubscribers`). */
  subscribe(subscription: Subscription): void {
    const { schema, eventName, subscriber } = subscription
    this.gauges.add(schema, subscriber)
    this.whenStarted(() => {
      const loop = this.deliveryLoops.deliver(subscription)
      if (!this.deliveryLoops.comesOverStream(subscription)) this.wakeUp.listen(schema, () => loop.wakeForNew(), eventName)
      this.add(loop, subscription)
      loop.start()
    })
  }

  /** Publishes the entries with that name from this process. */
  publish(publication: Publication): void {
    this.whenStarted(() => {
      const publisher = this.deliveryLoops.publish(publication)
      this.wakeUp.listen(publication.schema, () => publisher.wake(), publication.eventName)
      this.add(publisher, publication)
      publisher.wake()
    })
  }

  /** Nothing is delivered before this call: by then all modules are ready for events and jobs, and everything that they may call is registered. */
  start(): void {
    const starts = this.waiting ?? []
    this.waiting = undefined
    for (const start of starts) start()
    this.poll ??= pollEvery(this.config.pollMs, () => this.watches.forEach((watch) => watch.look()))
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.waiting = []
    this.poll?.stop()
    for (const watch of this.watches.values()) watch.end()
    const share = this.stopBudget.share('ledger')
    // Half of the share: deliveries that are cut off still have to be released within it.
    const withinMs = Math.min(longestStopMs, share.leftMs / 2)
    await share.within('deliveries', Promise.all(this.loops.map((loop) => loop.stop(withinMs))))
  }

  private whenStarted(start: () => void): void {
    if (this.waiting === undefined) start()
    else this.waiting.push(start)
  }

  private add(loop: Loop, { schema, subscriber }: { schema: string; subscriber: string }): void {
    this.loops.push(loop)
    const watch = this.watches.get(schema) ?? this.deliveryLoops.watch(schema)
    this.watches.set(schema, watch)
    watch.add(subscriber, () => loop.wake())
  }
}
