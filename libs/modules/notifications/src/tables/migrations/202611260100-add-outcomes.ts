import { migration } from '@kilomega/database'

/**
 * The lease of an attempt, and its outcome: `sent`, `failed`, or `unknown` if the mail may or may not have been sent. Attempts from before this migration have no
 * lease, which counts as expired.
 */
const outcomes = `
  ALTER TABLE notifications.mail_attempt
    ADD COLUMN leased_until timestamptz,
    ADD COLUMN outcome text CHECK (outcome IN ('sent', 'failed', 'unknown'))`

/** Mails that may have been sent and must not be sent twice: an operator may decide. */
const parked = `
  CREATE TABLE notifications.mail_parked (
    mail_id uuid PRIMARY KEY REFERENCES notifications.mail ON DELETE CASCADE,
    parked_at timestamptz NOT NULL DEFAULT now()
  )`

export const addOutcomes = migration('202611260100-add-outcomes', outcomes, parked)
