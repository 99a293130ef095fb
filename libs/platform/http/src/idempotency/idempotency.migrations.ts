import { migration } from '@kilomega/database'

/**
 * A key that somebody has used, with the answer once there is one. `fence` grows with each take-over, so that who held the lease before cannot write any
 * more. The room that `fillfactor` leaves takes the answer without touching an index.
 */
const table = `
  CREATE TABLE platform.idempotency (
    principal text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    body_hash text NOT NULL,
    fence integer NOT NULL DEFAULT 1,
    leased_until timestamptz,
    status integer,
    headers json,
    body text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, route, key)
  ) WITH (fillfactor = 70)`

const age = `CREATE INDEX idempotency_age ON platform.idempotency (created_at)`

/** The tables of the edge. */
export const httpMigrations = [migration('202611260000-create-idempotency', table, age)]
