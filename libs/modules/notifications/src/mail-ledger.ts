import type { Transaction } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { mailPriority, type MailTemplate } from './mail-words.js'
import { MailOverLimit } from './notifications.signals.js'
import { SendMail } from './send-mail-job.js'

/** Mails of one kind that an account gets within an hour, whoever asks for them. */
const maxPerHour = 5

/** Why a mail is owed: the event, and for failures the code that it tells. */
export interface MailReason {
  eventId: string
  accountId: string
  reason: string | null
}

interface OwedNow {
  id: string
  accountId: string
}

/** Two processes that hear of the same account count one after the other. */
const lock = `SELECT pg_advisory_xact_lock(hashtextextended('notifications.mail.' || $1, 0))`

/** By the database's clock. What was written while that was ahead counts as owed now, and ages from here on. */
const owe = `
  WITH from_future AS (
    UPDATE notifications.mail SET created_at = now()
    WHERE account_id = ANY ($3::uuid[]) AND template = $1 AND created_at > now() + interval '1 minute'
  )
  INSERT INTO notifications.mail (template, event_id, account_id, reason, created_at)
  SELECT $1, event_id, account_id, reason, now()
  FROM (
    SELECT *, row_number() OVER (PARTITION BY account_id ORDER BY event_id) AS place
    FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS cause (event_id, account_id, reason)
  ) AS owed
  WHERE place + (
    SELECT count(*) FROM notifications.mail
    WHERE mail.account_id = owed.account_id AND mail.template = $1 AND mail.created_at > now() - interval '1 hour'
  ) <= $5
  ON CONFLICT (event_id, template, account_id) DO NOTHING
  RETURNING id, account_id AS "accountId"`

/** Mails of accounts that are not done with, those that were owed just now among them. */
const countWaiting = `
  SELECT account_id AS "accountId", count(*)::int AS count FROM notifications.mail
  WHERE account_id = ANY($1::uuid[]) AND created_at > now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM notifications.mail_sent WHERE mail_id = mail.id)
    AND NOT EXISTS (SELECT FROM notifications.mail_parked WHERE mail_id = mail.id)
    AND NOT EXISTS (SELECT FROM notifications.mail_failed WHERE mail_id = mail.id)
  GROUP BY account_id`

/** Who is owed which mail. */
@Injectable()
export class MailLedger {
  constructor(
    private readonly jobs: Jobs,
    private readonly signals: Signals,
  ) {}

  /** Writes mails and the jobs that send them. What goes beyond an account's limit is dropped, and told. */
  async owe(transaction: Transaction, template: MailTemplate, reasons: readonly MailReason[]): Promise<void> {
    if (reasons.length === 0) return
    await transaction.query(lock, [template])
    const mails = await transaction.query<OwedNow>(owe, [
      template,
      reasons.map(({ eventId }) => eventId),
      reasons.map(({ accountId }) => accountId),
      reasons.map(({ reason }) => reason),
      maxPerHour,
    ])
    const placeOf = await places(transaction, mails)
    await this.jobs.add(transaction, ...mails.map((mail) => SendMail({ mailId: mail.id }, { priority: mailPriority(template, placeOf(mail)) })))
    const dropped = reasons.length - mails.length
    if (dropped > 0) this.signals.emit(MailOverLimit, { template, dropped, limitPerHour: maxPerHour })
  }
}

/** The place of each mail in the line of its account, from 1. To be asked once for each. */
async function places(transaction: Transaction, mails: readonly OwedNow[]): Promise<(mail: OwedNow) => number> {
  const accounts = mails.map(({ accountId }) => accountId)
  const rows = await transaction.query<{ accountId: string; count: number }>(countWaiting, [[...new Set(accounts)]])
  const next = new Map(rows.map(({ accountId, count }) => [accountId, count]))
  for (const id of accounts) next.set(id, next.get(id)! - 1)
  return ({ accountId }) => {
    const place = next.get(accountId)! + 1
    next.set(accountId, place)
    return place
  }
}
