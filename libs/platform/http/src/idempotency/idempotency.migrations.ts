import { migration } from '@kilomega/database'

/**
 * A key that has been used, with the answer once there is one. `fence` grows with each takeover, so that the previous holder of the lease can no longer
 * write. The space left by `fillfactor` holds the answer without an index update.
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
