import type { JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import { DeliverySource } from '../delivery-source.js'
import type { DeliveryTable } from '../delivery-table.js'
import type { Delivery } from '../subscription.js'
import type { EventStream } from './event-stream.js'
import { streamName } from './subjects.js'
import { decodeEvent } from './wire-event.js'

interface StreamDeliveriesParts {
  table: DeliveryTable
  stream: EventStream
  subscriber: string
  batch: number
  leaseMs: number
  /** Somebody may send the next ones now. */
  ring: () => void
}

type Arrived = Delivery & { message: JsMsg }

/**
 * Deliveries that come over the stream. The ledger decides all the same: what it does not owe any more is not delivered, what fails is owed again
 * later, and what is done is crossed out there before the stream hears of it. What a killed process held is sent off anew when its lease is over; that
 * JetStream brings it again by then counts for nothing.
 */
export class StreamDeliveries extends DeliverySource {
  private readonly arrived: Arrived[] = []
  private stopConsuming: () => void = () => undefined
  private stopped = false
  private wake: () => void = () => undefined

  constructor(private readonly parts: StreamDeliveriesParts) {
    super()
  }

  async register(eventName: string, wake: () => void): Promise<void> {
    const { table, stream, subscriber } = this.parts
    this.wake = wake
    await table.register(eventName)
    void stream.keep(subscriber, (client, manager) => this.consume(client, manager, eventName))
  }

  async claim(count: number, leaseMs: number): Promise<Delivery[]> {
    const arrived = this.arrived.splice(0, count)
    if (arrived.length === 0) return []
    if (this.arrived.length > 0) this.wake()
    const claimed = await this.parts.table.claimGiven(arrived, leaseMs)
    const owed = new Map(claimed.map(({ id, ...more }) => [id, more]))
    return arrived.filter((delivery) => this.isOwed(delivery, owed))
  }

  async hold(deliveries: readonly Delivery[], waitsMs: readonly number[]): Promise<void> {
    await this.parts.table.hold(deliveries, waitsMs)
    for (const delivery of deliveries) (delivery as Arrived).message.ack()
  }

  async finish(deliveries: readonly Delivery[]): Promise<void> {
    await this.parts.table.finish(deliveries)
    for (const delivery of deliveries) (delivery as Arrived).message.ack()
    this.letNextCome(deliveries)
  }

  async postpone(delivery: Delivery, waitMs: number): Promise<void> {
    await this.parts.table.postpone(delivery, waitMs)
    ;(delivery as Arrived).message.ack()
  }

  async bury(delivery: Delivery, reason: string): Promise<void> {
    await this.parts.table.bury(delivery, reason)
    ;(delivery as Arrived).message.ack()
    this.letNextCome([delivery])
  }

  lag(): Promise<{ owed: number; oldestMs: number }> {
    return this.parts.table.lag()
  }

  /** What was fetched and not begun goes to another process at once, and not after the lease. */
  async stop(): Promise<void> {
    this.stopped = true
    this.stopConsuming()
    for (const { message } of this.arrived.splice(0)) message.nak()
  }

  /** The next one of a key is sent when the one before is over, and not when the publisher looks. */
  private letNextCome(deliveries: readonly Delivery[]): void {
    if (deliveries.some(({ ordered }) => ordered)) this.parts.ring()
  }

  /** Of two copies of an event the first is delivered; one that is not owed was done before, or is none of ours. */
  private isOwed(delivery: Arrived, owed: Map<string, { attempt: number; ordered: boolean }>): boolean {
    const found = owed.get(delivery.id)
    if (found === undefined) {
      delivery.message.ack()
      return false
    }
    owed.delete(delivery.id)
    Object.assign(delivery, found)
    return true
  }

  /** Ends when the consumer is gone, or NATS for longer than it takes to notice. */
  private async consume(client: JetStreamClient, manager: JetStreamManager, eventName: string): Promise<void> {
    const { stream, subscriber, batch, leaseMs } = this.parts
    const name = await stream.ensureConsumer(manager, { subscriber, eventName, ackWithinMs: leaseMs })
    const consumer = await client.consumers.get(streamName, name)
    const messages = await consumer.consume({
      max_messages: 2 * batch,
      abort_on_missing_resource: true,
      callback: (message) => this.take(message),
    })
    this.stopConsuming = () => messages.stop()
    if (this.stopped) messages.stop()
    const end = await messages.closed()
    if (end instanceof Error) throw end
  }
  /** What is no event must not come again: it would be in the way of those that are, for ever. */
  private take(message: JsMsg): void {
    if (this.stopped) return message.nak()
    try {
      this.arrived.push({ ...decodeEvent(message), message })
    } catch (error) {
      this.parts.stream.tellRefused(this.parts.subscriber, error)
      return message.term()
    }
    this.wake()
  }
}
