import { migration } from '@kilomega/database'

export const createSessions = migration(
  '202611240101-create-sessions',
  `CREATE TABLE identity.session (
    id text PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES identity.account ON DELETE CASCADE,
    refresh_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL
  )`,
  'CREATE INDEX session_account ON identity.session (account_id)',
  'CREATE INDEX session_expiry ON identity.session (expires_at)',
  `CREATE TABLE identity.ended_session (
    id text PRIMARY KEY,
    expires_at timestamptz NOT NULL
  )`,
  'CREATE INDEX ended_session_expiry ON identity.ended_session (expires_at)',
)
