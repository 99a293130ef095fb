import { migration } from '@kilomega/database'

export const noteWhenSessionsAreRefreshed = migration(
  '202611291200-note-when-sessions-are-refreshed',
  'ALTER TABLE identity.session ADD COLUMN refreshed_at timestamptz',
)
