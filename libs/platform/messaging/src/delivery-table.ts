import type { Database } from '@kilomega/database'
import { DeliverySource } from './delivery-source.js'
import { firstOfKey } from './in-order.js'
import { inSchema } from './schema-sql.js'
import type { Delivery } from './subscription.js'

const register = `INSERT INTO {schema}.subscriber (event_name, name) VALUES ($1, $2) ON CONFLICT DO NOTHING`

/** The lease is the new due time: whoever claims has the rows until then, and nobody has to give back what a killed process held. */
const claim =
  `
  WITH claimed AS (
    UPDATE {schema}.delivery SET due_at = now() + $3 * interval '1 ms', attempts = attempts + 1
    WHERE subscriber = $1 AND event_id IN (
      SELECT event_id FROM {schema}.delivery
      WHERE subscriber = $1 AND due_at <= now() AND ` +
  firstOfKey +
  `
      ORDER BY due_at, event_id LIMIT $2
      FOR UPDATE SKIP LOCKED)
    RETURNING event_id, attempts, order_key IS NOT NULL AS ordered
  )
  SELECT outbox.id, outbox.name, outbox.payload, outbox.request_id AS "requestId", outbox.occurred_at AS "occurredAt", claimed.attempts AS attempt, claimed.ordered
  FROM claimed JOIN {schema}.outbox ON outbox.id = claimed.event_id
  ORDER BY outbox.id`

/**
 * The same for deliveries that somebody else has brought. What is not owed any more is not claimed, nor what was claimed since it was sent off:
 * that belongs to another process, or waits for its repeat.
 */
const claimGiven =
  `
  UPDATE {schema}.delivery SET due_at = now() + $4 * interval '1 ms', attempts = delivery.attempts + 1
  FROM unnest($2::uuid[], $3::int[]) AS given (id, attempts)
  WHERE subscriber = $1 AND event_id = given.id AND delivery.attempts = given.attempts AND ` +
  firstOfKey +
  `
  RETURNING event_id AS id, delivery.attempts AS attempt, delivery.order_key IS NOT NULL AS ordered`

/** One that has become due again under our hands was asked for by whoever knows that the way it went is lost. */
const hold = `
  UPDATE {schema}.delivery SET attempts = 0, due_at = now() + given.wait * interval '1 ms'
  FROM unnest($2::uuid[], $3::float8[]) AS given (id, wait)
  WHERE subscriber = $1 AND event_id = given.id AND due_at > now()`

const callBack = `UPDATE {schema}.delivery SET due_at = now() WHERE subscriber = $1 AND due_at > now()`

const finish = `DELETE FROM {schema}.delivery WHERE subscriber = $1 AND event_id = ANY($2::uuid[])`

/**
 * The attempt is a fencing number: a process that hangs for longer than its lease says nothing of a delivery that another has claimed since. That it is done, it
 * may say: the effect is there, whoever had it.
 */
const postpone = `
  UPDATE {schema}.delivery SET due_at = now() + $3 * interval '1 ms' WHERE subscriber = $1 AND event_id = $2 AND attempts = $4`

const bury = `
  WITH given_up AS (
    DELETE FROM {schema}.delivery WHERE subscriber = $1 AND event_id = $2 AND ($4::int IS NULL OR attempts = $4)
    RETURNING subscriber, event_id, attempts)
  INSERT INTO {schema}.dead_letter (subscriber, event_id, attempts, reason)
  SELECT subscriber, event_id, attempts, $3 FROM given_up
  ON CONFLICT (subscriber, event_id) DO UPDATE SET attempts = excluded.attempts, reason = excluded.reason, died_at = now()`

const lag = `
  SELECT count(*)::int AS owed, coalesce(extract(epoch FROM now() - min(outbox.occurred_at)) * 1000, 0)::float AS "oldestMs"
  FROM {schema}.delivery JOIN {schema}.outbox ON outbox.id = delivery.event_id WHERE delivery.subscriber = $1`

/** The deliveries that one module's outbox owes to one subscriber: the ledger itself. */
export class DeliveryTable extends DeliverySource {
  constructor(
    private readonly database: Database,
    private readonly subscriber: string,
  ) {
    super()
  }

  async register(eventName: string): Promise<void> {
    await this.run(register, [eventName, this.subscriber])
  }

  claim(count: number, leaseMs: number): Promise<Delivery[]> {
    return this.run<Delivery>(claim, [this.subscriber, count, leaseMs])
  }

  /** `attempt` of what is given is how often it had been claimed when it was sent off. */
  claimGiven(given: readonly Delivery[], leaseMs: number): Promise<{ id: string; attempt: number; ordered: boolean }[]> {
    return this.run(claimGiven, [this.subscriber, given.map(({ id }) => id), given.map(({ attempt }) => attempt), leaseMs])
  }

  async hold(deliveries: readonly Delivery[], waitsMs: readonly number[]): Promise<void> {
    await this.run(hold, [this.subscriber, deliveries.map(({ id }) => id), waitsMs])
  }

  /** Makes all that is owed due now: where it was on its way is lost. */
  async callBack(): Promise<void> {
    await this.run(callBack, [this.subscriber])
  }

  async finish(deliveries: readonly Pick<Delivery, 'id'>[]): Promise<void> {
    await this.run(finish, [this.subscriber, deliveries.map(({ id }) => id)])
  }

  async postpone({ id, attempt }: Delivery, waitMs: number): Promise<void> {
    await this.run(postpone, [this.subscriber, id, waitMs, attempt])
  }

  /** Without an attempt it is given up whoever holds it. */
  async bury({ id, attempt }: Pick<Delivery, 'id'> & Partial<Pick<Delivery, 'attempt'>>, reason: string): Promise<void> {
    await this.run(bury, [this.subscriber, id, reason, attempt ?? null])
  }

  async lag(): Promise<{ owed: number; oldestMs: number }> {
    const sql = inSchema(lag, this.database.schema)
    const [row] = await this.database.read((queryable) => queryable.query<{ owed: number; oldestMs: number }>(sql, [this.subscriber]))
    return row!
  }

  /** Nothing comes from here that was not asked for. */
  async stop(): Promise<void> {}

  private run<Row extends object>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.database.write((transaction) => transaction.query<Row>(inSchema(statement, this.database.schema), parameters))
  }
}
