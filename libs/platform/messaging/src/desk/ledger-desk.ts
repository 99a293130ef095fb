import type { Database } from '@kilomega/database'
import { Injectable } from '@nestjs/common'
import { inSchema } from '../schema-sql.js'
import { WakeUp } from '../wake-up.js'
import { Ledgers } from './ledgers.js'
import { recordOperation } from './operation-record.js'

/** What a module's outbox owes to one subscriber. */
export interface Lag {
  schema: string
  /** `queue:<job>` for a kind of job. */
  subscriber: string
  owed: number
  /** Of the oldest that is owed; 0 where nothing is. */
  oldestMs: number
  dead: number
}

export interface DeadLetter {
  schema: string
  subscriber: string
  id: string
  name: string
  attempts: number
  reason: string
  diedAt: string
}

export interface ReplaySpan {
  from: Date
  to: Date
  schema?: string | undefined
  eventName?: string | undefined
  subscriber?: string | undefined
}

/** Which dead letters; without an id all of a subscriber. */
export interface DeadChoice {
  subscriber: string
  id?: string | undefined
}

const canary = `(outbox.payload ->> 'canary') IS NULL`

const lags = `
  SELECT subscriber.name AS subscriber,
    (SELECT count(*)::int FROM {schema}.delivery WHERE delivery.subscriber = subscriber.name) AS owed,
    coalesce((SELECT extract(epoch FROM now() - min(outbox.occurred_at)) * 1000 FROM {schema}.delivery JOIN {schema}.outbox ON outbox.id = delivery.event_id
      WHERE delivery.subscriber = subscriber.name), 0)::float8 AS "oldestMs",
    (SELECT count(*)::int FROM {schema}.dead_letter WHERE dead_letter.subscriber = subscriber.name) AS dead
  FROM {schema}.subscriber ORDER BY subscriber.name`

/** Who has heard an event knows: its inbox, or the job's own tables, make a repeat do nothing. */
const replay =
  `
  INSERT INTO {schema}.delivery (subscriber, event_id, order_key, place)
  SELECT subscriber.name, outbox.id, outbox.order_key, outbox.place FROM {schema}.outbox JOIN {schema}.subscriber ON subscriber.event_name = outbox.name
  WHERE outbox.occurred_at >= $1 AND outbox.occurred_at < $2
    AND ($3::text IS NULL OR outbox.name = $3) AND ($4::text IS NULL OR subscriber.name = $4)
    AND ` +
  canary +
  `
  ON CONFLICT DO NOTHING RETURNING event_id`

const dead = `
  SELECT subscriber, event_id AS id, coalesce(outbox.name, '') AS name, attempts, reason, died_at AS "diedAt"
  FROM {schema}.dead_letter LEFT JOIN {schema}.outbox ON outbox.id = event_id
  WHERE $1::text IS NULL OR subscriber = $1 ORDER BY died_at DESC LIMIT $2`

const takeBack = `
  WITH chosen AS (DELETE FROM {schema}.dead_letter WHERE subscriber = $1 AND ($2::uuid IS NULL OR event_id = $2) RETURNING subscriber, event_id)
  INSERT INTO {schema}.delivery (subscriber, event_id, order_key, place)
  SELECT subscriber, event_id, order_key, place FROM chosen JOIN {schema}.outbox ON outbox.id = event_id ON CONFLICT DO NOTHING RETURNING event_id`

const discard = `DELETE FROM {schema}.dead_letter WHERE subscriber = $1 AND ($2::uuid IS NULL OR event_id = $2) RETURNING event_id`

/** What an operator may do with the ledgers of all modules. Each change is on record in the ledger that it changes. */
@Injectable()
export class LedgerDesk {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly wakeUp: WakeUp,
  ) {}

  /** Of every subscriber, also of those that owe nothing. */
  async lags(): Promise<Lag[]> {
    return this.inEach(undefined, async (database) => {
      const rows = await database.read((queryable) => queryable.query<Omit<Lag, 'schema'>>(inSchema(lags, database.schema)))
      return rows.map((row) => ({ schema: database.schema, ...row }))
    })
  }

  /** Owes what was told in a span of time to its subscribers once more; how many deliveries that are. Safe at any time. */
  async replay({ from, to, schema, eventName = undefined, subscriber = undefined }: ReplaySpan): Promise<number> {
    const values = [from.toISOString(), to.toISOString(), eventName ?? null, subscriber ?? null]
    const owed = await this.change(schema, replay, { action: 'outbox.replay', values, details: { from, to, eventName, subscriber } })
    return owed
  }

  /** The newest first. */
  async deadLetters({ subscriber, limit }: { subscriber?: string | undefined; limit: number }): Promise<DeadLetter[]> {
    const all = await this.inEach(undefined, async (database) => {
      const rows = await database.read((queryable) =>
        queryable.query<Omit<DeadLetter, 'schema'>>(inSchema(dead, database.schema), [subscriber ?? null, limit]),
      )
      return rows.map((row) => ({ schema: database.schema, ...row }))
    })
    return all.slice(0, limit)
  }

  /** Gives dead letters another life, with all their attempts; how many. */
  retry({ subscriber, id }: DeadChoice): Promise<number> {
    return this.change(undefined, takeBack, { action: 'dead-letter.retry', values: [subscriber, id ?? null], details: { subscriber, id } })
  }

  /** Removes dead letters for good; how many. What they told stays in the outbox for its time. */
  discard({ subscriber, id }: DeadChoice): Promise<number> {
    return this.change(undefined, discard, { action: 'dead-letter.discard', values: [subscriber, id ?? null], details: { subscriber, id } })
  }

  private async change(
    schema: string | undefined,
    sql: string,
    { action, values, details }: { action: string; values: unknown[]; details: object },
  ): Promise<number> {
    let changed = 0
    for (const database of await this.ledgers.of(schema)) {
      changed += await database.write(async (transaction) => {
        const rows = await transaction.query(inSchema(sql, database.schema), values)
        if (rows.length > 0) await recordOperation(transaction, action, { ...details, count: rows.length })
        return rows.length
      })
      this.wakeUp.ring(database.schema)
    }
    return changed
  }

  private async inEach<T>(schema: string | undefined, work: (database: Database) => Promise<T[]>): Promise<T[]> {
    const all: T[] = []
    for (const database of await this.ledgers.of(schema)) all.push(...(await work(database)))
    return all
  }
}
