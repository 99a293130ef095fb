import type { Signals } from '@kilomega/observability'
import type { DeliveryTable } from './delivery-table.js'
import type { Publication } from './subscription.js'
import { WorkLoop } from './work-loop.js'

/** Wait before failed publications are tried again, in milliseconds. When the queue is back, they are tried at once. */
const retryAfterMs = 2_000
const longestPauseMs = 30_000

interface PublisherParts {
  publication: Publication
  table: DeliveryTable
  signals: Signals
}

/** Publishes the due deliveries of one subscriber in batches, such as the jobs of a kind to their queue. Several processes may do it: claims keep them apart. */
export class Publisher {
  private readonly loop: WorkLoop

  constructor(private readonly parts: PublisherParts) {
    const stalled = (error: unknown) => parts.signals.emit('relay.stalled', { subscriber: parts.publication.subscriber }, error)
    this.loop = new WorkLoop({ next: () => this.publishNext(), stalled, longestPauseMs })
  }

  /** A delivery may have become due. */
  wake(): void {
    this.loop.wake()
  }

  async stop(withinMs: number): Promise<void> {
    await this.loop.stop(withinMs)
  }

  private async publishNext(): Promise<boolean> {
    const { publication, table, signals } = this.parts
    const deliveries = await table.publishDue(publication.batch, publication.againAfterMs)
    if (deliveries.length === 0) return false
    try {
      await publication.publish(deliveries)
    } catch (error) {
      signals.emit('relay.publish-failed', { subscriber: publication.subscriber, deliveries: deliveries.length }, error)
      await table.unpublish(deliveries, { afterMs: retryAfterMs, reason: (error as Error).message })
      return false
    }
    this.loop.pause.end()
    return deliveries.length === publication.batch
  }
}
