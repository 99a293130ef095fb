import type { Database } from '@kilomega/database'
import { replay } from '../delivery-statements.js'
import { inPortions } from '../in-portions.js'
import { leastId } from '../ledger-ids.js'
import { inSchema } from '../schema-sql.js'
import { recordOperation } from './operation-record.js'

export interface ReplaySpan {
  from: Date
  to: Date
  schema?: string | undefined
  eventName?: string | undefined
  subscriber?: string | undefined
}

/** Allowed difference between the clocks of processes, which make ids, and that of the database, which sets the time of an event, in milliseconds. */
const clockSlackMs = 3_600_000

const count = `
  SELECT count(*)::int AS count
  FROM {schema}.outbox JOIN {schema}.subscriber ON subscriber.event_name = outbox.name
  WHERE outbox.id > $1::uuid AND outbox.id < $2::uuid AND outbox.occurred_at >= $3 AND outbox.occurred_at < $4
    AND ($5::text IS NULL OR outbox.name = $5) AND ($6::text IS NULL OR subscriber.name = $6) AND (outbox.payload ->> 'canary') IS NULL
    AND NOT EXISTS (SELECT FROM {schema}.delivery WHERE delivery.subscriber = subscriber.name AND delivery.event_id = outbox.id)`

/** Delivers the events of one module in a time span once more. Returns the number of deliveries. */
export async function replayIn(database: Database, span: ReplaySpan): Promise<number> {
  const [after, ...values] = valuesOf(span)
  const delivered = await inPortions(database, { sql: replay, values, after })
  const { from, to, eventName, subscriber } = span
  const details = { from, to, eventName, subscriber, count: delivered }
  if (delivered > 0) await database.write((transaction) => recordOperation(transaction, 'outbox.replay', details))
  return delivered
}

/** How many deliveries `replayIn` would make at this moment. */
export async function countReplayIn(database: Database, span: ReplaySpan): Promise<number> {
  const sql = inSchema(count, database.schema)
  const [row] = await database.read((queryable) => queryable.query<{ count: number }>(sql, valuesOf(span)))
  return row!.count
}

/** Ids start with the time, so their index finds the span. */
const valuesOf = ({ from, to, eventName, subscriber }: ReplaySpan): [after: string, ...unknown[]] => [
  leastId(Math.max(0, from.getTime() - clockSlackMs)),
  leastId(to.getTime() + clockSlackMs),
  from.toISOString(),
  to.toISOString(),
  eventName ?? null,
  subscriber ?? null,
]
