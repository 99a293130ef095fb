import type { Database } from '@kilomega/database'
import { claim, claimArrived, claimSuspect, finish, giveUp, publishDue, release, retry, unpublish } from './delivery-statements.js'
import { inSchema } from './schema-sql.js'
import type { Delivery } from './subscription.js'

/** Why a delivery was given up: a code to select by, and the error's message. */
export interface GivenUp {
  code: string
  reason: string
  /** Number of attempts, including the last one. If omitted, the attempts counted so far. */
  attempts?: number
}

/** The deliveries of one module's outbox to one subscriber. */
export class DeliveryTable {
  constructor(
    readonly database: Database,
    readonly subscriber: string,
  ) {}

  /** Claims due deliveries for this process alone, for `leaseMs`. */
  claim(count: number, leaseMs: number): Promise<Delivery[]> {
    return this.run<Delivery>(claim, [this.subscriber, count, leaseMs])
  }

  /** Claims one delivery whose process died or hung during it. It is to be delivered alone. */
  async claimSuspect(leaseMs: number): Promise<Delivery | undefined> {
    const [suspect] = await this.run<Delivery>(claimSuspect, [this.subscriber, leaseMs])
    return suspect
  }

  /** Claims those events received from the stream that are not yet delivered and that no other process has claimed. */
  async claimArrived(
    arrived: readonly Pick<Delivery, 'id' | 'name' | 'payload' | 'requestId' | 'occurredAt'>[],
    leaseMs: number,
  ): Promise<Delivery[]> {
    const rows = await this.run<Pick<Delivery, 'id' | 'attempts' | 'lease' | 'lostLeases' | 'ordered'>>(claimArrived, [
      this.subscriber,
      arrived.map(({ id }) => id),
      leaseMs,
    ])
    const events = new Map(arrived.map((event) => [event.id, event]))
    return rows.map((row) => ({ ...events.get(row.id)!, ...row }))
  }

  /** Marks due deliveries as published. They are due again after `againAfterMs`, and after a longer time with each publication. */
  publishDue(count: number, againAfterMs: number): Promise<Delivery[]> {
    return this.run<Delivery>(publishDue, [this.subscriber, count, againAfterMs])
  }

  /** Deliveries that could not be published are due again after this long. */
  async unpublish(deliveries: readonly Pick<Delivery, 'id'>[], { afterMs, reason }: { afterMs: number; reason: string }): Promise<void> {
    await this.run(unpublish, [this.subscriber, idsOf(deliveries), afterMs, reason])
  }

  /** The deliveries are done, even if another process has claimed them since. */
  async finish(deliveries: readonly Pick<Delivery, 'id'>[]): Promise<void> {
    await this.run(finish, [this.subscriber, idsOf(deliveries)])
  }

  /** A failed attempt that counts: the delivery is due again after this long. Does nothing if another process has claimed it since. */
  async retry({ id, lease }: Delivery, { afterMs, reason }: { afterMs: number; reason: string }): Promise<void> {
    await this.run(retry, [this.subscriber, id, lease, afterMs, reason])
  }

  /** Gives claimed deliveries back without counting an attempt: they are due again after this long. Skips those that another process has claimed since. */
  async release(deliveries: readonly Delivery[], { afterMs, reason }: { afterMs: number; reason?: string }): Promise<void> {
    const leases = deliveries.map(({ lease }) => lease)
    await this.run(release, [this.subscriber, idsOf(deliveries), leases, afterMs, reason ?? null])
  }

  /** Makes it a dead letter, until an operator decides. With a lease, only if no other process has claimed it since. */
  async giveUp({ id, lease }: Pick<Delivery, 'id'> & Partial<Pick<Delivery, 'lease'>>, { code, reason, attempts }: GivenUp): Promise<void> {
    await this.run(giveUp, [this.subscriber, id, lease ?? null, code, reason, attempts ?? null])
  }

  private run<Row extends object>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.database.write((transaction) => transaction.query<Row>(inSchema(statement, this.database.schema), parameters))
  }
}

const idsOf = (deliveries: readonly Pick<Delivery, 'id'>[]): string[] => deliveries.map(({ id }) => id)
