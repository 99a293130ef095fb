import { migration } from '@kilomega/database'

/**
 * Events of visitors, by month. There is no default partition: a row without a month is refused. The primary key detects repeats, and is all that an
 * insert has to maintain besides a BRIN of some 20 kB: events arrive roughly in order of time, for which that is as good as a btree.
 */
const event = `
  CREATE TABLE analytics.event (
    id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    name text NOT NULL,
    visitor text NOT NULL,
    properties jsonb,
    PRIMARY KEY (id, occurred_at)
  ) PARTITION BY RANGE (occurred_at)`

const eventTime = `CREATE INDEX event_time ON analytics.event USING brin (occurred_at) WITH (pages_per_range = 32, autosummarize = on)`

/** Days that received events since they were rolled up, one row per write: rows are only added and removed, so that no writer waits for another. */
const changedDay = `
  CREATE TABLE analytics.changed_day (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date NOT NULL
  ) WITH (autovacuum_vacuum_scale_factor = 0.05)`

const dailyStat = `
  CREATE TABLE analytics.daily_stat (
    day date NOT NULL,
    name text NOT NULL,
    count bigint NOT NULL,
    users bigint NOT NULL,
    PRIMARY KEY (day, name)
  )`

/**
 * Creates the missing months, both ends included, and returns how many it created. It can be called concurrently: one call works, the others find
 * nothing to do. A table is created first and attached afterwards, so that inserts continue (CREATE … PARTITION OF would block them). Months are UTC
 * whatever the time zone of the session.
 */
const createPartitions = `
  CREATE FUNCTION analytics.create_partitions(first_month date, last_month date) RETURNS integer LANGUAGE plpgsql SET timezone = 'UTC' AS $$
  DECLARE
    month date;
    partition text;
    created integer := 0;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('analytics.create_partitions', 0));
    FOR month IN SELECT generate_series(first_month::timestamp, last_month::timestamp, interval '1 month')::date LOOP
      partition := to_char(month, '"event_"YYYY_MM');
      CONTINUE WHEN EXISTS (SELECT FROM pg_class WHERE relnamespace = 'analytics'::regnamespace AND relname = partition);
      EXECUTE format('CREATE TABLE analytics.%I (LIKE analytics.event INCLUDING DEFAULTS)', partition);
      EXECUTE format('ALTER TABLE analytics.event ATTACH PARTITION analytics.%I FOR VALUES FROM (%L) TO (%L)',
        partition, month::timestamptz, (month + interval '1 month')::timestamptz);
      created := created + 1;
    END LOOP;
    RETURN created;
  END $$`

export const createEvents = migration('202611240100-create-events', event, eventTime, changedDay, dailyStat, createPartitions)
