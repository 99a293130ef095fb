import { migration } from '@kilomega/database'

export const createAccounts = migration(
  '202611240100-create-accounts',
  `CREATE TABLE identity.account (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    password_hash text,
    role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    created_at timestamptz NOT NULL
  )`,
  `CREATE TABLE identity.registration (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    email text NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    expires_at timestamptz NOT NULL
  )`,
  'CREATE INDEX registration_email ON identity.registration (email)',
  'CREATE INDEX registration_expiry ON identity.registration (expires_at)',
  `CREATE TABLE identity.password_reset (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    account_id uuid NOT NULL REFERENCES identity.account ON DELETE CASCADE,
    offered_at timestamptz,
    expires_at timestamptz NOT NULL
  )`,
  'CREATE INDEX password_reset_account ON identity.password_reset (account_id, id)',
  'CREATE INDEX password_reset_expiry ON identity.password_reset (expires_at)',
)
