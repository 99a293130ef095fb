import type { Database } from '@kilomega/database'
import { claim, claimArrived, claimSuspect, finish, giveUp, publishDue, release, retry, unpublish } from './delivery-statements.js'
import { inSchema } from './schema-sql.js'
import type { Delivery } from './subscription.js'

/** Why a delivery is a dead letter: a code to choose by, and the words of whoever failed. */
export interface GivenUp {
  code: string
  reason: string
  /** Tries that it took, the last one included; as many as were counted where it is absent. */
  attempts?: number
}

/** The deliveries of one module's outbox to one subscriber. */
export class DeliveryTable {
  constructor(
    readonly database: Database,
    readonly subscriber: string,
  ) {}

  /** Deliveries that are due, for this process alone for `leaseMs`. */
  claim(count: number, leaseMs: number): Promise<Delivery[]> {
    return this.run<Delivery>(claim, [this.subscriber, count, leaseMs])
  }

  /** A delivery whose process did not come back from it, to be delivered alone. */
  async claimSuspect(leaseMs: number): Promise<Delivery | undefined> {
    const [suspect] = await this.run<Delivery>(claimSuspect, [this.subscriber, leaseMs])
    return suspect
  }

  /** Of what the stream has brought, what is still to be delivered and nobody else has. */
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

  /** Deliveries that are due, as published: due again after `againAfterMs`, later each time. */
  publishDue(count: number, againAfterMs: number): Promise<Delivery[]> {
    return this.run<Delivery>(publishDue, [this.subscriber, count, againAfterMs])
  }

  /** They could not be published: due again after so long. */
  async unpublish(deliveries: readonly Pick<Delivery, 'id'>[], { afterMs, reason }: { afterMs: number; reason: string }): Promise<void> {
    await this.run(unpublish, [this.subscriber, idsOf(deliveries), afterMs, reason])
  }

  /** Done for good, whoever has it now. */
  async finish(deliveries: readonly Pick<Delivery, 'id'>[]): Promise<void> {
    await this.run(finish, [this.subscriber, idsOf(deliveries)])
  }

  /** A try failed and counts: due again after so long. Does nothing where another process has claimed it since. */
  async retry({ id, lease }: Delivery, { afterMs, reason }: { afterMs: number; reason: string }): Promise<void> {
    await this.run(retry, [this.subscriber, id, lease, afterMs, reason])
  }

  /** Gives claimed deliveries back without counting a try: due again after so long. Leaves alone what another process has claimed since. */
  async release(deliveries: readonly Delivery[], { afterMs, reason }: { afterMs: number; reason?: string }): Promise<void> {
    const leases = deliveries.map(({ lease }) => lease)
    await this.run(release, [this.subscriber, idsOf(deliveries), leases, afterMs, reason ?? null])
  }

  /** Makes it a dead letter, until somebody decides. With a lease only where nobody else has claimed it since. */
  async giveUp({ id, lease }: Pick<Delivery, 'id'> & Partial<Pick<Delivery, 'lease'>>, { code, reason, attempts }: GivenUp): Promise<void> {
    await this.run(giveUp, [this.subscriber, id, lease ?? null, code, reason, attempts ?? null])
  }

  private run<Row extends object>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.database.write((transaction) => transaction.query<Row>(inSchema(statement, this.database.schema), parameters))
  }
}

const idsOf = (deliveries: readonly Pick<Delivery, 'id'>[]): string[] => deliveries.map(({ id }) => id)
