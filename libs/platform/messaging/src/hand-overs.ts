import { Injectable } from '@nestjs/common'
import type { Delivery } from './subscription.js'

/** Who hands over here what outboxes of this process hold for one subscriber. */
export interface HandOver {
  /** Whom it is owed to meanwhile: nobody else hears of it. */
  readonly subscriber: string
  /** When a delivery that is in these hands is due for everybody again, milliseconds. */
  againAfterMs(delivery: Delivery): number
  /** Takes deliveries whose transaction is committed. Never fails: what cannot be handed over is due again. */
  take(deliveries: readonly Delivery[]): void
}

/**
 * What an outbox of this process writes for a subscriber that hands over here, need not be looked for in the ledger: it is written as claimed and given
 * from hand to hand after the commit. Should this process die in between, it is due again as whatever is claimed.
 */
@Injectable()
export class HandOvers {
  private readonly bySchema = new Map<string, Map<string, HandOver>>()

  open(schema: string, eventName: string, handOver: HandOver): void {
    const byName = this.bySchema.get(schema) ?? new Map<string, HandOver>()
    this.bySchema.set(schema, byName.set(eventName, handOver))
  }

  of(schema: string, eventName: string): HandOver | undefined {
    return this.bySchema.get(schema)?.get(eventName)
  }

  /** From now on others have to find what is written here. */
  close(): void {
    this.bySchema.clear()
  }
}
