import { migration } from '@kilomega/database'

export const createAttempts = migration(
  '202611240102-create-attempts',
  `CREATE TABLE identity.attempt (
    key bytea PRIMARY KEY,
    made_at timestamptz[] NOT NULL,
    expires_at timestamptz NOT NULL
  )`,
  'CREATE INDEX attempt_expiry ON identity.attempt (expires_at)',
)
