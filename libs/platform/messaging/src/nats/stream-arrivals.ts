import type { JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { DeliveryTable } from '../delivery-table.js'
import type { Delivery } from '../subscription.js'
import type { EventStream } from './event-stream.js'
import { streamName } from './subjects.js'
import { decodeEvent, type EventOnStream } from './wire-event.js'

interface StreamArrivalsParts {
  stream: EventStream
  eventName: string
  subscriber: string
  /** As many as this wait here, twice over. */
  batch: number
  leaseMs: number
}

type Arrived = EventOnStream & { message: JsMsg }

/**
 * What the stream has brought for one subscriber. The ledger decides all the same: what it has no delivery of any more was done before, and what it has claimed is
 * the ledger's from then on, so that the stream may forget it. What the stream loses is claimed from the ledger when it is due.
 */
export class StreamArrivals {
  private readonly waiting: Arrived[] = []
  private stopConsuming: () => void = () => undefined
  private stopped = false
  private tell: () => void = () => undefined

  constructor(private readonly parts: StreamArrivalsParts) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0
  }

  onArrival(tell: () => void): void {
    this.tell = tell
  }

  start(): void {
    const { stream, subscriber } = this.parts
    void stream.keep(subscriber, (client, manager) => this.consume(client, manager))
  }

  /** Of what has arrived, what is still to be delivered. Nothing is acknowledged where the ledger cannot be asked: then it comes again. */
  async claim(table: DeliveryTable, count: number, leaseMs: number): Promise<Delivery[]> {
    const arrived = this.waiting.splice(0, count)
    if (arrived.length === 0) return []
    const deliveries = await table.claimArrived(arrived, leaseMs)
    for (const { message } of arrived) message.ack()
    return deliveries
  }

  /** What has arrived and was not begun goes to another process at once. */
  stop(): void {
    this.stopped = true
    this.stopConsuming()
    for (const { message } of this.waiting.splice(0)) message.nak()
  }

  /** Ends when the consumer is gone, or NATS for longer than it takes to notice. */
  private async consume(client: JetStreamClient, manager: JetStreamManager): Promise<void> {
    const { stream, subscriber, eventName, batch, leaseMs } = this.parts
    const name = await stream.ensureConsumer(manager, { subscriber, eventName, ackWithinMs: leaseMs })
    const consumer = await client.consumers.get(streamName, name)
    const messages = await consumer.consume({
      max_messages: 2 * batch,
      abort_on_missing_resource: true,
      callback: (message) => this.arrive(message),
    })
    this.stopConsuming = () => messages.stop()
    if (this.stopped) messages.stop()
    const end = await messages.closed()
    if (end instanceof Error) throw end
  }

  /** What is no event must not come again: it would be in the way of those that are, for ever. */
  private arrive(message: JsMsg): void {
    if (this.stopped) return message.nak()
    try {
      this.waiting.push({ ...decodeEvent(message), message })
    } catch (error) {
      this.parts.stream.tellRefused(this.parts.subscriber, error)
      return message.term()
    }
    this.tell()
  }
}
