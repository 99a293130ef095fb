import { migration, type Migration } from '@kilomega/database'
import { inSchema } from './schema-sql.js'

/** An event, or a request for a job, written in the transaction that it belongs to. `json` keeps the text as it came: writing it costs half as much as `jsonb`. */
const outbox = `
  CREATE TABLE {schema}.outbox (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    payload json NOT NULL,
    request_id text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT now()
  )`

/** The subscribers of this module's events. An event is delivered to every subscriber that is registered here when the event is added, whether it is running or not. */
const subscriber = `
  CREATE TABLE {schema}.subscriber (
    event_name text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (event_name, name)
  )`

/** Pending deliveries by subscriber: the row is deleted when the delivery is done. `due_at` is also the lease: a claim moves it ahead. */
const delivery = `
  CREATE TABLE {schema}.delivery (
    subscriber text NOT NULL,
    event_id uuid NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subscriber, event_id)
  ) WITH (autovacuum_vacuum_scale_factor = 0.05, fillfactor = 70)`

const deliveryDue = `CREATE INDEX delivery_due ON {schema}.delivery (subscriber, due_at)`

/** Deliveries that were given up, with the reason, until an operator decides. */
const deadLetter = `
  CREATE TABLE {schema}.dead_letter (
    subscriber text NOT NULL,
    event_id uuid NOT NULL,
    attempts integer NOT NULL,
    reason text NOT NULL,
    died_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subscriber, event_id)
  )`

/** Events that this module has handled: written in the transaction of the effect, so that a second delivery does nothing. */
const inbox = `
  CREATE TABLE {schema}.inbox (
    subscriber text NOT NULL,
    event_id uuid NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subscriber, event_id)
  )`

/**
 * Commands that were done, with their results: written in the transaction of the effect, so that a second delivery gets the same answer and does nothing. Callers
 * choose the keys, so each caller has its own key space. The space that `fillfactor` leaves takes the result without touching an index.
 */
const commandReceipt = `
  CREATE TABLE {schema}.command_receipt (
    key text NOT NULL,
    principal text NOT NULL,
    operation text NOT NULL,
    input_hash text NOT NULL,
    result json,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (key, principal)
  ) WITH (fillfactor = 70)`

const commandReceiptAge = `CREATE INDEX command_receipt_age ON {schema}.command_receipt (created_at)`

/** For receipts under keys that only the client half of a port knows (`ownKeyPrefix`), which are deleted within minutes. Older versions have written none. */
const ownReceiptAge = `CREATE INDEX command_receipt_own_age ON {schema}.command_receipt (created_at) WHERE starts_with(key, 'own·')`

/** The epoch of the queue's store in which the jobs of this module were last published to it. In a new epoch, they have to be published again. */
const queueEpoch = `
  CREATE TABLE {schema}.queue_epoch (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch text NOT NULL
  )`

/** The last tick of each schedule that was done: ticks between it and the next one were missed. */
const schedule = `
  CREATE TABLE {schema}.schedule (
    name text PRIMARY KEY,
    last_tick timestamptz NOT NULL
  )`

/** The canary that is on its way to each subscriber: an event or a job without meaning. It is done when it has no delivery. */
const canary = `
  CREATE TABLE {schema}.canary (
    subscriber text PRIMARY KEY,
    event_id uuid NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now()
  )`

/** What operators did to the ledger by hand. */
const operation = `
  CREATE TABLE {schema}.operation_record (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    operator text NOT NULL,
    action text NOT NULL,
    details json NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
  )`

/**
 * The key by which events are ordered, and the place in that order; null for most events. The database assigns places, in the transaction that locks what the events are
 * about: ids would not do, because processes make them and their clocks differ.
 */
const order = [
  `CREATE SEQUENCE {schema}.outbox_order`,
  `ALTER TABLE {schema}.outbox ADD COLUMN order_key text, ADD COLUMN place bigint`,
  `ALTER TABLE {schema}.delivery ADD COLUMN order_key text, ADD COLUMN place bigint`,
  `CREATE INDEX delivery_order ON {schema}.delivery (subscriber, order_key, place) WHERE order_key IS NOT NULL`,
]

/**
 * Partitions by day, created and dropped by `LedgerDays`. Rows that belong to no existing day, at first all of them, are in the default partition `…_rest`. Nothing is
 * copied: a table that already has rows becomes the default partition.
 */
const byDay = [
  `ALTER TABLE {schema}.outbox RENAME TO outbox_rest`,
  `ALTER INDEX {schema}.outbox_pkey RENAME TO outbox_rest_pkey`,
  `CREATE TABLE {schema}.outbox (LIKE {schema}.outbox_rest INCLUDING DEFAULTS, PRIMARY KEY (id)) PARTITION BY RANGE (id)`,
  `ALTER TABLE {schema}.outbox ATTACH PARTITION {schema}.outbox_rest DEFAULT`,
  `ALTER TABLE {schema}.inbox RENAME TO inbox_rest`,
  `ALTER INDEX {schema}.inbox_pkey RENAME TO inbox_rest_pkey`,
  `CREATE TABLE {schema}.inbox (LIKE {schema}.inbox_rest INCLUDING DEFAULTS, PRIMARY KEY (subscriber, event_id)) PARTITION BY RANGE (event_id)`,
  `ALTER TABLE {schema}.inbox ATTACH PARTITION {schema}.inbox_rest DEFAULT`,
]

/**
 * The state of a delivery. Deliveries made by the previous version continue: a waiting retry is claimed when it is due, a job that was in its queue is published again
 * when it is due, and the others are pending.
 */
const states = [
  `ALTER TABLE {schema}.delivery
    ADD COLUMN state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'published', 'claimed', 'retry')),
    ADD COLUMN lease integer NOT NULL DEFAULT 0,
    ADD COLUMN lost_leases integer NOT NULL DEFAULT 0,
    ADD COLUMN last_error text`,
  `UPDATE {schema}.delivery SET state = CASE WHEN subscriber LIKE 'queue:%' THEN 'published' ELSE 'retry' END WHERE due_at > now()`,
  `DROP INDEX {schema}.delivery_due`,
  `CREATE INDEX delivery_due ON {schema}.delivery (subscriber, due_at, event_id) WHERE state <> 'claimed' AND lost_leases = 0`,
  `CREATE INDEX delivery_suspect ON {schema}.delivery (subscriber, due_at) WHERE state = 'claimed' OR lost_leases > 0`,
  `CREATE INDEX delivery_pending ON {schema}.delivery (event_id) WHERE state = 'pending' AND order_key IS NULL AND subscriber NOT LIKE 'queue:%'`,
  `ALTER TABLE {schema}.dead_letter ADD COLUMN code text NOT NULL DEFAULT 'DELIVERY_FAILED'`,
]

/** The tables of the ledger. Every module's schema has them before its own first migration runs. */
export const ledgerMigrations = (schema: string): Migration[] => [
  migration(
    '202611240000-create-ledger',
    ...[outbox, subscriber, delivery, deliveryDue, deadLetter, inbox].map((statement) => inSchema(statement, schema)),
  ),
  migration('202611250000-create-command-receipts', ...[commandReceipt, commandReceiptAge].map((statement) => inSchema(statement, schema))),
  migration('202611260000-create-queue-epoch', inSchema(queueEpoch, schema)),
  migration('202611260001-create-schedules', inSchema(schedule, schema)),
  migration('202611260002-create-operations', ...[canary, operation].map((statement) => inSchema(statement, schema))),
  migration('202611260003-add-order', ...order.map((statement) => inSchema(statement, schema))),
  migration('202611270000-partition-ledger', ...byDay.map((statement) => inSchema(statement, schema))),
  migration('202611290000-add-delivery-states', ...states.map((statement) => inSchema(statement, schema))),
  migration('202611291201-index-own-receipts', inSchema(ownReceiptAge, schema)),
]
