import { migration } from '@kilomega/database'

/**
 * Whose turn an attempt is, and how it ended: `sent`, `failed`, or `unknown`, where the mail may have left and nobody knows. Attempts of before have no lease, so it
 * is over.
 */
const outcomes = `
  ALTER TABLE notifications.mail_attempt
    ADD COLUMN leased_until timestamptz,
    ADD COLUMN outcome text CHECK (outcome IN ('sent', 'failed', 'unknown'))`

/** Mails that may have left and must not come twice: an operator may decide. */
const parked = `
  CREATE TABLE notifications.mail_parked (
    mail_id uuid PRIMARY KEY REFERENCES notifications.mail ON DELETE CASCADE,
    parked_at timestamptz NOT NULL DEFAULT now()
  )`

export const addOutcomes = migration('202611260100-add-outcomes', outcomes, parked)
