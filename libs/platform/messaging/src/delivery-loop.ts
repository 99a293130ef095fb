import type { Signals } from '@kilomega/observability'
import { type AppError, Expiry, portErrors } from '@kilomega/ports'
import { backoffMs } from './backoff.js'
import type { DeliveryTable, GivenUp } from './delivery-table.js'
import type { StreamArrivals } from './nats/stream-arrivals.js'
import type { RelayConfig } from './relay.config.js'
import type { Delivery, Subscription } from './subscription.js'
import { WorkLoop } from './work-loop.js'

const expiry = new Expiry()
/** The share of its lease that a delivery may use, so that it ends before another process may claim it. */
const leaseShare = 0.8

const killedItsProcess: GivenUp = {
  code: 'DELIVERY_KILLED_ITS_PROCESS',
  reason: 'DELIVERY_KILLED_ITS_PROCESS: its processes ended, or hung, while they delivered it',
}

interface LoopParts {
  subscription: Subscription
  table: DeliveryTable
  /** Events received from the stream. Only with NATS. */
  arrivals: StreamArrivals | undefined
  config: RelayConfig
  signals: Signals
}

/**
 * Delivers to one subscriber in batches, one batch at a time in this process. Other processes may do the same: claims keep them apart. After a failure the next
 * event is delivered alone, and the batch size doubles with each success. So a bad event is soon on its own, and is retried by itself.
 */
export class DeliveryLoop {
  private readonly loop: WorkLoop
  private maySuspect = true
  /** The largest batch size, and the size of the next batch. */
  private largest: number
  private batch: number
  private current: readonly Delivery[] = []

  constructor(private readonly parts: LoopParts) {
    const { subscription, config, arrivals, signals } = parts
    this.largest = this.batch = subscription.batch
    const stalled = (error: unknown) => signals.emit('relay.stalled', { subscriber: this.subscriber }, error)
    this.loop = new WorkLoop({ next: () => this.deliverNext(), stalled, longestPauseMs: config.pauseMs })
    arrivals?.onArrival(() => this.loop.wake())
  }

  get subscriber(): string {
    return this.parts.subscription.subscriber
  }

  start(): void {
    this.parts.arrivals?.start()
    this.wake()
  }

  /** A delivery may have become due, or a process may have died during one. */
  wake(): void {
    this.maySuspect = true
    this.loop.wake()
  }

  /** There may be a new delivery. */
  wakeForNew(): void {
    this.loop.wake()
  }

  /** Deliveries that are still running after this time are released. If one of them completes after all, its effect is in the inbox. */
  async stop(withinMs: number): Promise<void> {
    this.parts.arrivals?.stop()
    if (await this.loop.stop(withinMs)) return
    await this.parts.table.release(this.current, { afterMs: 0 }).catch(() => undefined)
  }

  /** Returns true if there may be more. */
  private async deliverNext(): Promise<boolean> {
    if (this.maySuspect) {
      const suspect = await this.parts.table.claimSuspect(this.parts.config.leaseMs)
      this.maySuspect = suspect !== undefined
      if (suspect !== undefined) return this.deliverSuspect(suspect)
    }
    const wanted = this.batch
    const deliveries = await this.claim(wanted)
    if (deliveries.length > 0) await this.deliver(deliveries)
    return deliveries.length === wanted || deliveries.some(({ ordered }) => ordered) || this.parts.arrivals?.isEmpty === false
  }

  private async deliverSuspect(suspect: Delivery): Promise<true> {
    if (suspect.lostLeases > this.parts.config.maxLostLeases) await this.giveUp(suspect, { ...killedItsProcess, attempts: suspect.lostLeases })
    else await this.deliver([suspect])
    return true
  }

  private async claim(count: number): Promise<Delivery[]> {
    const { table, arrivals, config } = this.parts
    const arrived = await arrivals?.claim(table, count, config.leaseMs)
    return arrived === undefined || arrived.length === 0 ? table.claim(count, config.leaseMs) : arrived
  }

  private async deliver(deliveries: readonly Delivery[]): Promise<void> {
    this.current = deliveries
    try {
      await this.deliverWithin(deliveries, this.parts.config.leaseMs * leaseShare)
    } catch (error) {
      return this.failed(deliveries, error instanceof Error ? error : new Error(String(error)))
    }
    await this.parts.table.finish(deliveries)
    this.loop.pause.end()
    this.batch = Math.min(this.largest, this.batch * 2)
  }

  /** A subscriber that never answers must not block the deliveries of this process. */
  private deliverWithin(deliveries: readonly Delivery[], timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settled = expiry.at(performance.now() + timeoutMs, () => reject(portErrors.DEADLINE_EXCEEDED()))
      this.parts.subscription.deliver(deliveries, timeoutMs).then(resolve, reject).finally(settled)
    })
  }

  private failed(deliveries: readonly Delivery[], failure: Error): Promise<void> {
    this.batch = 1
    const { code, kind } = failure as Partial<AppError>
    if (kind === 'unavailable') return this.waitFor(deliveries, failure)
    if (deliveries.length === 1) return this.retry(deliveries[0]!, failure)
    if (code === 'COMMAND_IN_BATCH') this.deliverSingly()
    return this.parts.table.release(deliveries, { afterMs: 0, reason: failure.message })
  }

  /** A dependency of the subscriber is unavailable. The event did not cause that, so no attempt is counted. */
  private async waitFor(deliveries: readonly Delivery[], failure: Error): Promise<void> {
    const waitMs = this.loop.pause.fail()
    if (this.loop.pause.isOn) this.parts.signals.emit('relay.subscriber-paused', { subscriber: this.subscriber, waitMs }, failure)
    await this.parts.table.release(deliveries, { afterMs: waitMs, reason: failure.message })
  }

  private async retry(delivery: Delivery, failure: Error): Promise<void> {
    const { table, config, signals } = this.parts
    const attempt = delivery.attempts + 1
    const { code = 'DELIVERY_FAILED' } = failure as { code?: string }
    if (attempt >= config.maxAttempts) return this.giveUp(delivery, { code, reason: failure.message, attempts: attempt }, failure)
    signals.emit('relay.delivery-failed', { subscriber: this.subscriber, eventId: delivery.id, attempt }, failure)
    await table.retry(delivery, { afterMs: backoffMs(attempt, config.backoffMs, config.maxBackoffMs), reason: failure.message })
  }

  private async giveUp(delivery: Delivery, why: GivenUp, failure?: Error): Promise<void> {
    const { table, signals } = this.parts
    signals.emit('relay.gave-up', { subscriber: this.subscriber, eventId: delivery.id, attempt: why.attempts, code: why.code }, failure)
    await table.giveUp(delivery, why)
  }

  /** The subscriber calls commands, each of which needs the key of one event. From now on it gets one event at a time. */
  private deliverSingly(): void {
    this.largest = 1
    this.parts.signals.emit('relay.batch-refused', { subscriber: this.subscriber })
  }
}
