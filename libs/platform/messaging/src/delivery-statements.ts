import { firstOfKey } from './in-order.js'

/**
 * Every statement that changes deliveries and dead letters. `state` says where a delivery is, `due_at` when it is next looked at. The README of this library
 * shows the transitions. A delivery that is done has no row; one that was given up has a row in `dead_letter`.
 */

/**
 * `due_at` is the end of the lease, so the deliveries of a killed process need not be given back. The rows are chosen in a separate CTE: inside `IN (…)` PostgreSQL may
 * choose them again for each row, and claim more than requested.
 */
export const claim =
  `
  WITH due AS MATERIALIZED (
    SELECT event_id FROM {schema}.delivery
    WHERE subscriber = $1 AND due_at <= now() AND state <> 'claimed' AND lost_leases = 0 AND ` +
  firstOfKey +
  `
    ORDER BY due_at, event_id LIMIT $2
    FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE {schema}.delivery SET state = 'claimed', due_at = now() + $3 * interval '1 ms', lease = lease + 1
    FROM due WHERE delivery.subscriber = $1 AND delivery.event_id = due.event_id
    RETURNING delivery.event_id, attempts, lease, lost_leases AS "lostLeases", order_key IS NOT NULL AS ordered
  )
  SELECT outbox.id, outbox.name, outbox.payload, outbox.request_id AS "requestId", outbox.occurred_at AS "occurredAt", attempts, lease, "lostLeases", ordered
  FROM claimed JOIN {schema}.outbox ON outbox.id = claimed.event_id ORDER BY outbox.id`

/** A delivery whose process died or hung during it, now or earlier. It is delivered alone, so that if it happens again, this delivery is the cause. */
export const claimSuspect = `
  WITH suspect AS MATERIALIZED (
    SELECT event_id, (state = 'claimed')::int AS lost FROM {schema}.delivery
    WHERE subscriber = $1 AND due_at <= now() AND (state = 'claimed' OR lost_leases > 0)
    ORDER BY due_at LIMIT 1
    FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE {schema}.delivery
    SET state = 'claimed', due_at = now() + $2 * interval '1 ms', lease = lease + 1, lost_leases = lost_leases + suspect.lost
    FROM suspect WHERE delivery.subscriber = $1 AND delivery.event_id = suspect.event_id
    RETURNING delivery.event_id, attempts, lease, lost_leases AS "lostLeases", order_key IS NOT NULL AS ordered
  )
  SELECT outbox.id, outbox.name, outbox.payload, outbox.request_id AS "requestId", outbox.occurred_at AS "occurredAt", attempts, lease, "lostLeases", ordered
  FROM claimed JOIN {schema}.outbox ON outbox.id = claimed.event_id`

/** Claims those events received from the stream that are not done and that no other process has claimed. */
export const claimArrived = `
  UPDATE {schema}.delivery SET state = 'claimed', due_at = now() + $3 * interval '1 ms', lease = lease + 1
  WHERE subscriber = $1 AND event_id = ANY($2::uuid[]) AND state IN ('pending', 'published') AND lost_leases = 0
  RETURNING event_id AS id, attempts, lease, lost_leases AS "lostLeases", order_key IS NOT NULL AS ordered`

/** Ignores the lease: a process that has done the delivery may finish it even if another has claimed it since, because the effect is committed. */
export const finish = `DELETE FROM {schema}.delivery WHERE subscriber = $1 AND event_id = ANY($2::uuid[])`

/** After a failed attempt that counts. The lease is the fence: a process that comes too late changes nothing. */
export const retry = `
  UPDATE {schema}.delivery SET state = 'retry', attempts = attempts + 1, due_at = now() + $4 * interval '1 ms', last_error = $5
  WHERE subscriber = $1 AND event_id = $2 AND state = 'claimed' AND lease = $3`

/** Gives deliveries back that were not attempted, or whose attempt does not count. */
export const release = `
  UPDATE {schema}.delivery SET state = 'retry', due_at = now() + $4 * interval '1 ms', last_error = coalesce($5, last_error)
  FROM unnest($2::uuid[], $3::int[]) AS given (id, lease)
  WHERE subscriber = $1 AND event_id = given.id AND state = 'claimed' AND delivery.lease = given.lease`

/** Without a lease, the delivery is given up even if another process has claimed it. */
export const giveUp = `
  WITH given_up AS (
    DELETE FROM {schema}.delivery WHERE subscriber = $1 AND event_id = $2 AND ($3::int IS NULL OR lease = $3)
    RETURNING subscriber, event_id, attempts)
  INSERT INTO {schema}.dead_letter (subscriber, event_id, attempts, code, reason)
  SELECT subscriber, event_id, coalesce($6::int, attempts), $4, $5 FROM given_up
  ON CONFLICT (subscriber, event_id) DO UPDATE SET attempts = excluded.attempts, code = excluded.code, reason = excluded.reason, died_at = now()`

/**
 * Marked as published before it is published, because most publications succeed: that saves one statement for each. If the process dies in between, or the queue loses
 * the job, the delivery is published again at `due_at`.
 */
export const publishDue = `
  WITH due AS MATERIALIZED (
    SELECT event_id FROM {schema}.delivery
    WHERE subscriber = $1 AND due_at <= now() AND state <> 'claimed' AND lost_leases = 0
    ORDER BY due_at, event_id LIMIT $2
    FOR UPDATE SKIP LOCKED
  )
  UPDATE {schema}.delivery
  SET state = 'published', due_at = now() + least(interval '15 minutes', greatest($3 * interval '1 ms', (now() - outbox.occurred_at) / 2))
  FROM due JOIN {schema}.outbox ON outbox.id = due.event_id
  WHERE delivery.subscriber = $1 AND delivery.event_id = due.event_id
  RETURNING outbox.id, outbox.name, outbox.payload, outbox.request_id AS "requestId", outbox.occurred_at AS "occurredAt", attempts, lease, lost_leases AS "lostLeases", delivery.order_key IS NOT NULL AS ordered`

export const unpublish = `
  UPDATE {schema}.delivery SET state = 'pending', due_at = now() + $3 * interval '1 ms', last_error = $4
  WHERE subscriber = $1 AND event_id = ANY($2::uuid[]) AND state = 'published'`

/** Makes the jobs that an emptied queue has lost due again, one portion at a time (`inPortions`). */
export const republish = `
  WITH looked AS (
    SELECT event_id FROM {schema}.delivery
    WHERE subscriber = $3 AND event_id > $1 AND state = 'published'
    ORDER BY event_id LIMIT $2
    FOR UPDATE
  ), due AS (
    UPDATE {schema}.delivery SET state = 'pending', due_at = now() FROM looked
    WHERE delivery.subscriber = $3 AND delivery.event_id = looked.event_id
  )
  SELECT count(*)::int AS looked, count(*)::int AS changed, max(event_id::text) AS last FROM looked`

/** Events for the stream, each once for all its subscribers. When they are due, their subscribers claim them here: an event that the stream loses is only late. */
export const publishToStream = `
  WITH pending AS MATERIALIZED (
    SELECT subscriber, event_id FROM {schema}.delivery
    WHERE state = 'pending' AND order_key IS NULL AND subscriber NOT LIKE 'queue:%'
    ORDER BY event_id LIMIT $1
    FOR UPDATE SKIP LOCKED
  ), published AS (
    UPDATE {schema}.delivery SET state = 'published' FROM pending
    WHERE delivery.subscriber = pending.subscriber AND delivery.event_id = pending.event_id
    RETURNING delivery.event_id
  )
  SELECT outbox.id, outbox.name, outbox.payload, outbox.request_id AS "requestId", outbox.occurred_at AS "occurredAt"
  FROM {schema}.outbox WHERE id IN (SELECT event_id FROM published) ORDER BY id`

export const unpublishFromStream = `
  UPDATE {schema}.delivery SET state = 'pending'
  FROM {schema}.outbox JOIN {schema}.subscriber ON subscriber.event_name = outbox.name
  WHERE outbox.id = ANY($1::uuid[]) AND delivery.subscriber = subscriber.name AND delivery.event_id = outbox.id AND state = 'published'`

/** A repeat does nothing if the subscriber has handled the event: its inbox, or the job's own tables, prevent it. In portions, in the order of ids (`inPortions`). */
export const replay = `
  WITH looked AS (
    SELECT id, name, order_key, place FROM {schema}.outbox
    WHERE id > $1::uuid AND id < $3::uuid AND occurred_at >= $4 AND occurred_at < $5
      AND ($6::text IS NULL OR name = $6) AND (payload ->> 'canary') IS NULL
    ORDER BY id LIMIT $2
  ), delivered AS (
    INSERT INTO {schema}.delivery (subscriber, event_id, order_key, place, state)
    SELECT subscriber.name, looked.id, looked.order_key, looked.place, 'retry'
    FROM looked JOIN {schema}.subscriber ON subscriber.event_name = looked.name
    WHERE $7::text IS NULL OR subscriber.name = $7
    ON CONFLICT DO NOTHING RETURNING 1
  )
  SELECT (SELECT count(*)::int FROM looked) AS looked, (SELECT count(*)::int FROM delivered) AS changed, (SELECT max(id::text) FROM looked) AS last`

/** Selects dead letters by subscriber, event, code and time; a null selects all. */
const chosenDead = `
  ($1::text IS NULL OR subscriber = $1) AND ($2::uuid IS NULL OR event_id = $2) AND ($3::text IS NULL OR code = $3)
  AND ($4::timestamptz IS NULL OR died_at >= $4) AND ($5::timestamptz IS NULL OR died_at < $5)`

export const retryDead =
  `
  WITH chosen AS (DELETE FROM {schema}.dead_letter WHERE ` +
  chosenDead +
  ` RETURNING subscriber, event_id)
  INSERT INTO {schema}.delivery (subscriber, event_id, order_key, place, state)
  SELECT subscriber, event_id, order_key, place, 'retry' FROM chosen JOIN {schema}.outbox ON outbox.id = event_id
  ON CONFLICT DO NOTHING RETURNING event_id`

export const discardDead = `DELETE FROM {schema}.dead_letter WHERE ` + chosenDead + ` RETURNING event_id`

/** One canary for each subscriber whose previous one is done, once for all processes that would send it. It is claimed from the ledger, so that only its subscriber is affected. */
export const sendCanaries = `
  WITH due AS (
    INSERT INTO {schema}.canary (subscriber, event_id) SELECT name, uuidv7() FROM {schema}.subscriber
    ON CONFLICT (subscriber) DO UPDATE SET event_id = excluded.event_id, sent_at = now()
    WHERE canary.sent_at < now() - $1 * interval '1 ms'
      AND NOT EXISTS (SELECT FROM {schema}.delivery WHERE delivery.subscriber = canary.subscriber AND delivery.event_id = canary.event_id)
    RETURNING subscriber, new.event_id AS event_id, old.event_id AS before
  ), forgotten AS (
    DELETE FROM {schema}.outbox USING due WHERE outbox.id = due.before
  ), written AS (
    INSERT INTO {schema}.outbox (id, name, payload, request_id)
    SELECT due.event_id, subscriber.event_name, $2, 'canary' FROM due JOIN {schema}.subscriber ON subscriber.name = due.subscriber
  )
  INSERT INTO {schema}.delivery (subscriber, event_id, state) SELECT subscriber, event_id, 'retry' FROM due`

/** Those of the given subscribers that have a delivery due. */
export const dueSubscribers = `
  SELECT name FROM unnest($1::text[]) AS name
  WHERE EXISTS (SELECT FROM {schema}.delivery WHERE subscriber = name AND due_at <= now() AND state <> 'claimed' AND lost_leases = 0)
    OR EXISTS (SELECT FROM {schema}.delivery WHERE subscriber = name AND due_at <= now() AND (state = 'claimed' OR lost_leases > 0))`
