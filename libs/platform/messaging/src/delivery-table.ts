import type { Database } from '@kilomega/database'
import { inSchema } from './schema-sql.js'
import type { Delivery } from './subscription.js'

const register = `INSERT INTO {schema}.subscriber (event_name, name) VALUES ($1, $2) ON CONFLICT DO NOTHING`

/** The lease is the new due time: whoever claims has the rows until then, and nobody has to give back what a killed process held. */
const claim = `
  WITH claimed AS (
    UPDATE {schema}.delivery SET due_at = now() + $3 * interval '1 ms', attempts = attempts + 1
    WHERE subscriber = $1 AND event_id IN (
      SELECT event_id FROM {schema}.delivery
      WHERE subscriber = $1 AND due_at <= now()
      ORDER BY due_at, event_id LIMIT $2
      FOR UPDATE SKIP LOCKED)
    RETURNING event_id, attempts
  )
  SELECT outbox.id, outbox.name, outbox.payload, outbox.request_id AS "requestId", outbox.occurred_at AS "occurredAt", claimed.attempts AS attempt
  FROM claimed JOIN {schema}.outbox ON outbox.id = claimed.event_id
  ORDER BY outbox.id`

const finish = `DELETE FROM {schema}.delivery WHERE subscriber = $1 AND event_id = ANY($2::uuid[])`

const postpone = `UPDATE {schema}.delivery SET due_at = now() + $3 * interval '1 ms' WHERE subscriber = $1 AND event_id = $2`

const bury = `
  WITH given_up AS (DELETE FROM {schema}.delivery WHERE subscriber = $1 AND event_id = $2 RETURNING subscriber, event_id, attempts)
  INSERT INTO {schema}.dead_letter (subscriber, event_id, attempts, reason)
  SELECT subscriber, event_id, attempts, $3 FROM given_up
  ON CONFLICT (subscriber, event_id) DO UPDATE SET attempts = excluded.attempts, reason = excluded.reason, died_at = now()`

const lag = `
  SELECT count(*)::int AS owed, coalesce(extract(epoch FROM now() - min(outbox.occurred_at)) * 1000, 0)::float AS "oldestMs"
  FROM {schema}.delivery JOIN {schema}.outbox ON outbox.id = delivery.event_id WHERE delivery.subscriber = $1`

/** The deliveries that one module's outbox owes to one subscriber. */
export class DeliveryTable {
  constructor(
    private readonly database: Database,
    private readonly subscriber: string,
  ) {}

  register(eventName: string): Promise<unknown> {
    return this.database.write((transaction) => transaction.query(this.sql(register), [eventName, this.subscriber]))
  }

  claim(count: number, leaseMs: number): Promise<Delivery[]> {
    return this.database.write((transaction) => transaction.query<Delivery>(this.sql(claim), [this.subscriber, count, leaseMs]))
  }

  finish(deliveries: readonly Delivery[]): Promise<unknown> {
    return this.database.write((transaction) => transaction.query(this.sql(finish), [this.subscriber, deliveries.map(({ id }) => id)]))
  }

  postpone({ id }: Delivery, waitMs: number): Promise<unknown> {
    return this.database.write((transaction) => transaction.query(this.sql(postpone), [this.subscriber, id, waitMs]))
  }

  bury({ id }: Delivery, reason: string): Promise<unknown> {
    return this.database.write((transaction) => transaction.query(this.sql(bury), [this.subscriber, id, reason]))
  }

  /** How much is owed, and the age of the oldest event among it. */
  async lag(): Promise<{ owed: number; oldestMs: number }> {
    const [row] = await this.database.read((queryable) => queryable.query<{ owed: number; oldestMs: number }>(this.sql(lag), [this.subscriber]))
    return row!
  }

  private sql(statement: string): string {
    return inSchema(statement, this.database.schema)
  }
}
