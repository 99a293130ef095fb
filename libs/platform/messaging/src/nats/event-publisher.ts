import type { Database } from '@kilomega/database'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { firstOfKey } from '../in-order.js'
import { everySo, type Poll } from '../poll.js'
import type { RelayConfig } from '../relay.config.js'
import { inSchema } from '../schema-sql.js'
import type { Delivery } from '../subscription.js'
import type { EventStream } from './event-stream.js'
import type { Kept } from './stream-watch.js'
import { encodeEvent } from './wire-event.js'

/** Events that are due to anybody who may stand in another process. Jobs are not: their queue is the module's own. */
const claim =
  `
  WITH claimed AS (
    UPDATE {schema}.delivery SET due_at = now() + $2 * interval '1 ms'
    WHERE (subscriber, event_id) IN (
      SELECT subscriber, event_id FROM {schema}.delivery
      WHERE due_at <= now() AND subscriber IN (SELECT name FROM {schema}.subscriber WHERE event_name NOT LIKE 'job:%') AND ` +
  firstOfKey +
  `
      ORDER BY due_at, event_id LIMIT $1
      FOR UPDATE SKIP LOCKED)
    RETURNING event_id, attempts
  ), events AS (
    SELECT DISTINCT event_id, attempts FROM claimed
  )
  SELECT outbox.id, outbox.name, outbox.payload, outbox.request_id AS "requestId", outbox.occurred_at AS "occurredAt", events.attempts AS attempt
  FROM events JOIN {schema}.outbox ON outbox.id = events.event_id
  ORDER BY outbox.id`

/**
 * What was published comes due again only if nobody crosses it out: after `RELAY_CONFIRM_MS`, and then after as long as the event is old, so that a service
 * that is away for an hour finds a handful of copies and not sixty. A subscriber that has counted an attempt since has set its own time.
 */
const published = `
  UPDATE {schema}.delivery SET due_at = now() + least(interval '15 minutes', greatest($3 * interval '1 ms', now() - outbox.occurred_at))
  FROM {schema}.outbox, unnest($1::uuid[], $2::int[]) AS told (id, attempts)
  WHERE outbox.id = told.id AND delivery.event_id = told.id AND delivery.attempts = told.attempts`

const postponed = `
  UPDATE {schema}.delivery SET due_at = now() + interval '1 second'
  FROM unnest($1::uuid[], $2::int[]) AS told (id, attempts)
  WHERE delivery.event_id = told.id AND delivery.attempts = told.attempts`

/**
 * On its way, or so it was thought: all that the stream was given and nobody has crossed out, but for what the stream still has. What was told shortly before
 * the last event that it has may have been stored behind that.
 */
const callBack = `
  UPDATE {schema}.delivery SET due_at = now()
  FROM {schema}.outbox
  WHERE outbox.id = delivery.event_id AND due_at > now() AND subscriber IN (SELECT name FROM {schema}.subscriber WHERE event_name NOT LIKE 'job:%')
    AND outbox.occurred_at NOT BETWEEN $1 AND $2::timestamptz - $3 * interval '1 ms'`

const batch = 500
const ownCall = new CurrentCall({ actor: system, trace: { requestId: 'publisher' } })

interface EventPublisherParts {
  database: Database
  stream: EventStream
  config: RelayConfig
}

/** Brings what one module's outbox owes to the stream. Every process that has the module may do it: claims keep them apart. */
export class EventPublisher {
  private running: Promise<void> | undefined
  private again = false
  private stopped = false
  private losses = 0
  private poll: Poll | undefined

  constructor(private readonly parts: EventPublisherParts) {}

  start(): void {
    this.parts.stream.onLost((kept) => this.giveAgain(kept))
    this.poll = everySo(this.parts.config.pollMs, () => this.wake())
    this.wake()
  }

  wake(): void {
    if (this.stopped) return
    this.again = true
    this.running ??= runCall(ownCall, () => this.run()).finally(() => (this.running = undefined))
  }

  /** The stream has lost events: what it may have lost goes there once more, and who has heard it already knows. */
  private giveAgain({ from, until }: Kept): void {
    this.losses += 1
    const given = runCall(ownCall, () => this.write(callBack, [from, until, this.parts.config.leaseMs]))
    given.then(
      () => this.wake(),
      (error: unknown) => this.parts.stream.tellStall(error),
    )
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.poll?.stop()
    await this.running
  }

  private async run(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false
      try {
        if (await this.publishBatch()) this.again = true
      } catch (error) {
        this.parts.stream.tellStall(error)
      }
    }
  }

  /** True when there may be more. */
  private async publishBatch(): Promise<boolean> {
    const events = await this.write<Delivery>(claim, [batch, this.parts.config.leaseMs])
    if (events.length === 0) return false
    const { losses } = this
    const outcomes = await Promise.allSettled(events.map((event) => this.publish(event)))
    const told = events.filter((_, index) => outcomes[index]!.status === 'fulfilled')
    const failed = events.filter((_, index) => outcomes[index]!.status === 'rejected')
    // What was lost while it was told is due when it was called back, or at the latest when the lease is over.
    if (told.length > 0 && losses === this.losses) await this.write(published, [...copiesOf(told), this.parts.config.confirmMs])
    if (failed.length > 0) await this.postpone(failed, outcomes)
    return failed.length === 0 && events.length > 1
  }

  private async postpone(events: readonly Delivery[], outcomes: readonly PromiseSettledResult<void>[]): Promise<void> {
    const failure = outcomes.find((outcome) => outcome.status === 'rejected')
    this.parts.stream.tellUnavailable(`events of ${this.parts.database.schema}`, failure?.reason)
    await this.write(postponed, copiesOf(events))
  }

  /** A copy after a failed delivery has an id of its own, or JetStream would take it for a repeat and drop it. */
  private publish(event: Delivery): Promise<void> {
    return this.parts.stream.publish(event.name, encodeEvent(event), `${event.id}:${event.attempt}`)
  }

  private write<Row extends object>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    const { database } = this.parts
    return database.write((transaction) => transaction.query<Row>(inSchema(statement, database.schema), parameters))
  }
}

/** Which copies of which events, for `unnest`. */
const copiesOf = (events: readonly Delivery[]): unknown[] => [events.map(({ id }) => id), events.map(({ attempt }) => attempt)]
