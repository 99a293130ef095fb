import { setTimeout as wait } from 'node:timers/promises'
import type { Signals } from '@kilomega/observability'
import { CurrentCall, Expiry, portErrors, runCall, system } from '@kilomega/ports'
import { backoffMs } from './backoff.js'
import type { DeliverySource } from './delivery-source.js'
import { everySo, type Poll } from './poll.js'
import type { RelayConfig } from './relay.config.js'
import type { Delivery, Subscription } from './subscription.js'

const expiry = new Expiry()

/** A loop works for nobody in particular: without a call of its own it would have the deadline of whoever happened to wake it. */
const ownCall = new CurrentCall({ actor: system, trace: { requestId: 'relay' } })

/** What a delivery may take of its lease, so that it ends before somebody else may claim it. */
const leaseShare = 0.8

/** What was given within this time of the last ones goes together, milliseconds: of 4,500 jobs a second alone, each cost a third more. */
const togetherMs = 10

/** Who takes deliveries over may be away: so long until it is tried again, milliseconds, and at once when it is back. */
const handOverAgainMs = 2_000

interface LoopParts {
  subscription: Subscription
  source: DeliverySource
  config: RelayConfig
  signals: Signals
}

/** Brings one subscriber what it is owed, batch after batch, one at a time in this process. Other processes may do the same: claims keep them apart. */
export class DeliveryLoop {
  private running: Promise<void> | undefined
  private again = false
  private readonly given: Delivery[] = []
  private stopped = false
  private poll: Poll | undefined

  constructor(private readonly parts: LoopParts) {}

  async start(): Promise<void> {
    const { subscription, source, config } = this.parts
    await source.register(subscription.eventName, () => this.wake())
    this.poll = everySo(config.pollMs, () => this.wake())
    this.wake()
  }

  wake(): void {
    if (this.stopped) return
    this.again = true
    this.work()
  }

  /** These need not be claimed: they are in the hands of this process already, until they are due again. */
  take(deliveries: readonly Delivery[]): void {
    // One by one: a call takes no more than some 100,000 arguments, and a fan-out may be larger.
    for (const delivery of deliveries) this.given.push(delivery)
    if (this.stopped) void runCall(ownCall, () => this.giveBack())
    else this.work()
  }

  /** Nothing where deliveries are only handed over: what they wait for is not this loop. */
  async lag(): ReturnType<DeliverySource['lag']> {
    const { subscription, source } = this.parts
    return subscription.handsOver === undefined ? source.lag() : { owed: 0, oldestMs: 0 }
  }

  /** Waits for the batch at work. */
  async stop(): Promise<void> {
    this.stopped = true
    this.poll?.stop()
    await this.parts.source.stop()
    await this.running
    await this.giveBack()
  }

  private work(): void {
    this.running ??= runCall(ownCall, () => this.run()).finally(() => (this.running = undefined))
  }

  private async run(): Promise<void> {
    while ((this.again || this.given.length > 0) && !this.stopped) {
      try {
        if (this.given.length > 0) await this.deliverGiven()
        if (this.again) await this.deliverOwed()
      } catch (error) {
        this.parts.signals.emit('relay.stalled', { subscriber: this.parts.subscription.subscriber }, error)
      }
    }
  }

  private async deliverOwed(): Promise<void> {
    this.again = false
    if (await this.deliverBatch()) this.again = true
  }

  private async deliverGiven(): Promise<void> {
    const deliveries = this.given.splice(0, this.parts.subscription.batch)
    const isFull = deliveries.length === this.parts.subscription.batch
    try {
      await this.deliverInTime(deliveries, this.parts.config.leaseMs * leaseShare)
    } catch (error) {
      await this.takeBack([...deliveries, ...this.given.splice(0)], error)
    }
    if (!isFull) await wait(togetherMs)
  }

  /** What is in the hands of a process that ends is due for the others. */
  private async giveBack(): Promise<void> {
    const deliveries = this.given.splice(0)
    if (deliveries.length > 0)
      await this.parts.source
        .hold(
          deliveries,
          deliveries.map(() => 0),
        )
        .catch(() => undefined)
  }

  /** True when there may be more. */
  private async deliverBatch(): Promise<boolean> {
    const { subscription, source } = this.parts
    const deliveries = await source.claim(subscription.batch, this.leaseMs)
    if (deliveries.length === 0) return false
    const failure = await this.attempt(deliveries)
    if (failure !== undefined && subscription.handsOver !== undefined) return this.takeBack(deliveries, failure)
    if (failure !== undefined && deliveries.length === 1) await this.failed(deliveries[0]!, failure)
    else if (failure !== undefined) await this.deliverSingly(deliveries)
    return deliveries.length === subscription.batch || deliveries.some(({ ordered }) => ordered)
  }

  /** Nothing is wrong with any of them, and the next ones would fail as well. */
  private async takeBack(deliveries: readonly Delivery[], failure: unknown): Promise<false> {
    const { subscription, source, signals } = this.parts
    signals.emit('relay.hand-over-failed', { subscriber: subscription.subscriber, deliveries: deliveries.length }, failure)
    const waitsMs = deliveries.map(() => handOverAgainMs)
    await source.hold(deliveries, waitsMs)
    return false
  }

  /** One that fails must not hold up those beside it. */
  private async deliverSingly(deliveries: readonly Delivery[]): Promise<void> {
    for (const delivery of deliveries) {
      const failure = await this.attempt([delivery])
      if (failure !== undefined) await this.failed(delivery, failure)
    }
  }

  private async attempt(deliveries: readonly Delivery[]): Promise<Error | undefined> {
    try {
      await this.deliverInTime(deliveries, this.parts.config.leaseMs * leaseShare)
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
    await this.settle(deliveries)
    return undefined
  }

  private async settle(deliveries: readonly Delivery[]): Promise<void> {
    const { subscription, source } = this.parts
    const { handsOver } = subscription
    if (handsOver === undefined) return source.finish(deliveries)
    const others = deliveries.filter((delivery) => handsOver.againAfterMs(delivery) !== this.leaseMs)
    const waitsMs = others.map((delivery) => handsOver.againAfterMs(delivery))
    if (others.length > 0) await source.hold(others, waitsMs)
  }

  /** What is handed over is claimed for as long as it may take to end, so that mostly nothing has to be written when it has been handed over. */
  private get leaseMs(): number {
    const { subscription, config } = this.parts
    return Math.max(config.leaseMs, subscription.handsOver?.usuallyMs ?? 0)
  }

  /** A subscriber that never answers must not end the deliveries of this process. */
  private deliverInTime(deliveries: readonly Delivery[], timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settled = expiry.at(performance.now() + timeoutMs, () => reject(portErrors.DEADLINE_EXCEEDED()))
      this.parts.subscription.deliver(deliveries, timeoutMs).then(resolve, reject).finally(settled)
    })
  }

  private async failed(delivery: Delivery, failure: Error): Promise<void> {
    const { subscription, source, config, signals } = this.parts
    const fields = { subscriber: subscription.subscriber, eventId: delivery.id, attempt: delivery.attempt }
    if (delivery.attempt >= config.maxAttempts) {
      signals.emit('relay.gave-up', fields, failure)
      await source.bury(delivery, failure.message)
    } else {
      signals.emit('relay.delivery-failed', fields, failure)
      await source.postpone(delivery, backoffMs(delivery.attempt, config.backoffMs))
    }
  }
}
