import type { Transaction } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { mailPriority, type MailTemplate } from './mail-words.js'
import { MailOverLimit } from './notifications.signals.js'
import { SendMail } from './send-mail-job.js'

/** Mails of one kind that an account gets within an hour, whoever requests them. */
const maxPerHour = 5

/** Why a mail is sent: the event, and for failures its error code. */
export interface MailReason {
  eventId: string
  accountId: string
  reason: string | null
}

interface NewMail {
  id: string
  accountId: string
}

/** Processes that handle events of the same account count one after the other. */
const lock = `SELECT pg_advisory_xact_lock(hashtextextended('notifications.mail.' || $1, 0))`

/** By the database's clock. A mail that was written while that clock was ahead counts as created now, and ages from here on. */
const insertMails = `
  WITH from_future AS (
    UPDATE notifications.mail SET created_at = now()
    WHERE account_id = ANY ($3::uuid[]) AND template = $1 AND created_at > now() + interval '1 minute'
  )
  INSERT INTO notifications.mail (template, event_id, account_id, reason, created_at)
  SELECT $1, event_id, account_id, reason, now()
  FROM (
    SELECT *, row_number() OVER (PARTITION BY account_id ORDER BY event_id) AS place
    FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS cause (event_id, account_id, reason)
  ) AS added
  WHERE place + (
    SELECT count(*) FROM notifications.mail
    WHERE mail.account_id = added.account_id AND mail.template = $1 AND mail.created_at > now() - interval '1 hour'
  ) <= $5
  ON CONFLICT (event_id, template, account_id) DO NOTHING
  RETURNING id, account_id AS "accountId"`

/** The number of unfinished mails per account, including those that were just added. */
const countWaiting = `
  SELECT account_id AS "accountId", count(*)::int AS count FROM notifications.mail
  WHERE account_id = ANY($1::uuid[]) AND created_at > now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM notifications.mail_sent WHERE mail_id = mail.id)
    AND NOT EXISTS (SELECT FROM notifications.mail_parked WHERE mail_id = mail.id)
    AND NOT EXISTS (SELECT FROM notifications.mail_failed WHERE mail_id = mail.id)
  GROUP BY account_id`

/** The mails to be sent. */
@Injectable()
export class MailLedger {
  constructor(
    private readonly jobs: Jobs,
    private readonly signals: Signals,
  ) {}

  /** Writes mails and the jobs that send them. Mails beyond an account's limit are dropped and logged. */
  async add(transaction: Transaction, template: MailTemplate, reasons: readonly MailReason[]): Promise<void> {
    if (reasons.length === 0) return
    await transaction.query(lock, [template])
    const mails = await transaction.query<NewMail>(insertMails, [
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

/** The place of each mail in the queue of its account, from 1. Call the result once per mail. */
async function places(transaction: Transaction, mails: readonly NewMail[]): Promise<(mail: NewMail) => number> {
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
