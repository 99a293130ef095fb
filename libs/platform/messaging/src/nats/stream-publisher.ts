import type { Database } from '@kilomega/database'
import { publishToStream, unpublishFromStream } from '../delivery-statements.js'
import { inSchema } from '../schema-sql.js'
import { WorkLoop } from '../work-loop.js'
import type { EventStream } from './event-stream.js'
import { encodeEvent, type EventOnStream } from './wire-event.js'

const batch = 500
const longestPauseMs = 30_000
const stopWithinMs = 5_000

/** Publishes the events of one module's outbox to the stream, each once. Every process that has the module may do it: row locks keep them apart. */
export class StreamPublisher {
  private readonly loop: WorkLoop

  constructor(
    private readonly database: Database,
    private readonly stream: EventStream,
  ) {
    const stalled = (error: unknown) => stream.reportUnavailable(`events of ${database.schema}`, error)
    this.loop = new WorkLoop({ next: () => this.publishNext(), stalled, longestPauseMs })
  }

  /** There may be events. While NATS is unavailable, their subscribers claim them from the ledger. */
  wake(): void {
    if (this.stream.isConnected) this.loop.wake()
  }

  async stop(): Promise<void> {
    await this.loop.stop(stopWithinMs)
  }

  /** Events that were not stored are published again, or claimed from the ledger when they are due. */
  private async publishNext(): Promise<boolean> {
    const events = await this.write<EventOnStream>(publishToStream, [batch])
    const outcomes = await Promise.allSettled(events.map((event) => this.stream.publish(event.name, encodeEvent(event), event.id)))
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) {
      await this.write(unpublishFromStream, [events.filter((_, index) => outcomes[index]!.status === 'rejected').map(({ id }) => id)])
      throw failed.reason
    }
    this.loop.pause.end()
    return events.length > 1
  }

  private write<Row extends object>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    const { database } = this
    return database.write((transaction) => transaction.query<Row>(inSchema(statement, database.schema), parameters))
  }
}
