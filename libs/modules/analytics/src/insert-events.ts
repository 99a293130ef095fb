import type { Transaction } from '@kilomega/database'
import type { StoredEvent } from './stored-event.js'

/**
 * Inserts events, marks their days as changed, and returns the positions of those that existed already: one statement for any number of rows. 2,000 events
 * take 50 ms; an insert of TypeORM takes 160 ms, without the marks.
 */
const insert = `
  WITH batch AS (
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::jsonb[])
      WITH ORDINALITY AS item (id, occurred_at, name, visitor, properties, place)
  ), added AS (
    INSERT INTO analytics.event (id, occurred_at, name, visitor, properties)
    SELECT id, occurred_at, name, visitor, properties FROM batch
    ON CONFLICT DO NOTHING
    RETURNING id, occurred_at
  ), changed AS (
    INSERT INTO analytics.changed_day (day) SELECT DISTINCT (occurred_at AT TIME ZONE 'UTC')::date FROM added
  )
  SELECT (place - 1)::integer AS place FROM batch
  WHERE NOT EXISTS (SELECT FROM added WHERE added.id = batch.id AND added.occurred_at = batch.occurred_at)`

/** Adds events that differ from each other, and returns the positions (from 0) of those that the table had before. */
export async function insertEvents(transaction: Transaction, events: readonly StoredEvent[]): Promise<number[]> {
  const rows = await transaction.query<{ place: number }>(insert, [
    events.map(({ id }) => id),
    events.map(({ occurredAt }) => occurredAt),
    events.map(({ name }) => name),
    events.map(({ visitor }) => visitor),
    events.map(({ properties }) => properties),
  ])
  return rows.map(({ place }) => place)
}
