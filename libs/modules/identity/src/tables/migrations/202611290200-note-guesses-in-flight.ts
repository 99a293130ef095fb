import { migration } from '@kilomega/database'

export const noteGuessesInFlight = migration(
  '202611290200-note-guesses-in-flight',
  `ALTER TABLE identity.attempt ADD COLUMN begun_at timestamptz[] NOT NULL DEFAULT '{}'`,
)
