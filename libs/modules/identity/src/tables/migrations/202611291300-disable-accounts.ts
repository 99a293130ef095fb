import { migration } from '@kilomega/database'

/** Admins are few among a million accounts; before one is removed, the module checks whether there is another. */
export const disableAccounts = migration(
  '202611291300-disable-accounts',
  'ALTER TABLE identity.account ADD COLUMN disabled_at timestamptz',
  `CREATE INDEX account_admin ON identity.account (id) WHERE role = 'admin'`,
)
