import type { LastStatement } from '@kilomega/database'
import { inSchema } from './schema-sql.js'

/** A row on its way into the outbox. */
export interface OutboxRow {
  id: string
  name: string
  /** JSON of the payload as it was when it was added: the caller may change the object before the commit. */
  text: string
  orderKey: string | undefined
  /** When its deliveries are due, in milliseconds from now. */
  dueInMs: number
}

/** For a column with the same value in all rows, only the first value is sent. */
const append = `
  WITH entry AS MATERIALIZED (
    SELECT id, coalesce(name, ($2::text[])[1]) AS name, payload::json, order_key, coalesce(due_in, ($6::float8[])[1]) AS due_in,
      CASE WHEN order_key IS NOT NULL THEN nextval('{schema}.outbox_order') END AS place
    FROM ROWS FROM (unnest($1::uuid[]), unnest($2::text[]), string_to_table($3, chr(10)), unnest($5::text[]), unnest($6::float8[]))
      AS entry (id, name, payload, order_key, due_in)
  ), appended AS (
    INSERT INTO {schema}.outbox (id, name, payload, request_id, order_key, place)
    SELECT id, name, payload, $4, order_key, place FROM entry
  )
  INSERT INTO {schema}.delivery (subscriber, event_id, order_key, place, due_at)
  SELECT subscriber.name, entry.id, entry.order_key, entry.place, now() + entry.due_in * interval '1 ms'
  FROM entry JOIN {schema}.subscriber ON subscriber.event_name = entry.name`

/** Writes one or more rows, each with a delivery to every subscriber. */
export function outboxStatement(schema: string, rows: readonly OutboxRow[], requestId: string): LastStatement {
  // As one text each, without escapes: that saves 10 of 82 ms for 10,000 rows. JSON has line breaks only between its parts, and `stringify` makes none.
  const ids = `{${rows.map(({ id }) => id).join()}}`
  const texts = rows.map(({ text }) => text).join('\n')
  const names = column(rows.map(({ name }) => name))
  const orderKeys = rows.some(({ orderKey }) => orderKey !== undefined) ? rows.map(({ orderKey }) => orderKey ?? null) : []
  const dueIn = column(rows.map(({ dueInMs }) => dueInMs))
  return { sql: inSchema(append, schema), parameters: [ids, names, texts, requestId, orderKeys, dueIn] }
}

/** A fan-out is thousands of rows that are mostly the same. */
const column = <T>(values: readonly T[]): readonly T[] => (values.every((value) => value === values[0]) ? values.slice(0, 1) : values)
