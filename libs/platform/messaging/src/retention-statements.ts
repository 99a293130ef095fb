/** Statements that delete old rows: `$3` is how many days rows are kept, or seconds for receipts under keys that only the platform knows. */

/** Each row is looked at once in a round, however many have to stay. Events that are not delivered, and dead letters, stay. */
export const forgetOutbox = `
  WITH looked AS (
    SELECT id, name, occurred_at FROM {schema}.outbox_rest WHERE id > $1 ORDER BY id LIMIT $2
  ), forgotten AS (
    DELETE FROM {schema}.outbox_rest USING looked
    WHERE outbox_rest.id = looked.id AND looked.occurred_at < now() - $3 * interval '1 day' AND NOT EXISTS (
      SELECT FROM {schema}.subscriber WHERE subscriber.event_name = looked.name AND (
        EXISTS (SELECT FROM {schema}.delivery WHERE delivery.subscriber = subscriber.name AND event_id = looked.id)
        OR EXISTS (SELECT FROM {schema}.dead_letter WHERE dead_letter.subscriber = subscriber.name AND event_id = looked.id)))
    RETURNING 1
  )
  SELECT (SELECT count(*)::int FROM looked) AS looked, (SELECT count(*)::int FROM forgotten) AS changed, (SELECT max(id::text) FROM looked) AS last`

export const forgetInbox = `
  WITH forgotten AS (
    DELETE FROM {schema}.inbox_rest WHERE (subscriber, event_id) IN (
      SELECT subscriber, event_id FROM {schema}.inbox_rest WHERE handled_at < now() - $3 * interval '1 day' AND event_id > $1 LIMIT $2)
    RETURNING 1)
  SELECT count(*)::int AS looked, count(*)::int AS changed, NULL AS last FROM forgotten`

export const forgetReceipts = `
  WITH forgotten AS (
    DELETE FROM {schema}.command_receipt WHERE (key, principal) IN (
      SELECT key, principal FROM {schema}.command_receipt WHERE created_at < now() - $3 * interval '1 day' AND $1::uuid IS NOT NULL LIMIT $2)
    RETURNING 1)
  SELECT count(*)::int AS looked, count(*)::int AS changed, NULL AS last FROM forgotten`

/** Oldest first, by an index for these alone; what another process is forgetting is left to it. */
export const forgetOwnReceipts = `
  WITH forgotten AS (
    DELETE FROM {schema}.command_receipt WHERE (key, principal) IN (
      SELECT key, principal FROM {schema}.command_receipt
      WHERE starts_with(key, 'own·') AND created_at < now() - $3 * interval '1 s' AND $1::uuid IS NOT NULL
      ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING 1)
  SELECT count(*)::int AS looked, count(*)::int AS changed, NULL AS last FROM forgotten`
