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
  /** Up to twice this many events wait here. */
  batch: number
  leaseMs: number
}

type Arrived = EventOnStream & { message: JsMsg }

/**
 * Events received from the stream for one subscriber. The ledger still decides: an event without a delivery was done before, and a claimed event belongs to the ledger
 * from then on, so the stream may forget it. Events that the stream loses are claimed from the ledger when they are due.
 */
export class StreamArrivals {
  private readonly waiting: Arrived[] = []
  private stopConsuming: () => void = () => undefined
  private stopped = false
  private notify: () => void = () => undefined

  constructor(private readonly parts: StreamArrivalsParts) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0
  }

  onArrival(notify: () => void): void {
    this.notify = notify
  }

  start(): void {
    const { stream, subscriber } = this.parts
    void stream.keepRunning(subscriber, (client, manager) => this.consume(client, manager))
  }

  /** Claims those of the received events that are not yet delivered. If the ledger is unavailable, nothing is acknowledged, and the events come again. */
  async claim(table: DeliveryTable, count: number, leaseMs: number): Promise<Delivery[]> {
    const arrived = this.waiting.splice(0, count)
    if (arrived.length === 0) return []
    const deliveries = await table.claimArrived(arrived, leaseMs)
    for (const { message } of arrived) message.ack()
    return deliveries
  }

  /** Events that have arrived and are not claimed go to another process at once. */
  stop(): void {
    this.stopped = true
    this.stopConsuming()
    for (const { message } of this.waiting.splice(0)) message.nak()
  }

  /** Resolves or rejects when the consumer is gone, or NATS is gone for longer than it takes to notice. */
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

  /** A message that is not an event must not come again: it would hold up the events forever. */
  private arrive(message: JsMsg): void {
    if (this.stopped) return message.nak()
    try {
      this.waiting.push({ ...decodeEvent(message), message })
    } catch (error) {
      this.parts.stream.reportRefused(this.parts.subscriber, error)
      return message.term()
    }
    this.notify()
  }
}
