import { Database, type Transaction } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { Clock } from '@kilomega/ports'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import type { MailTemplate } from './mail-words.js'
import { SendMail } from './send-mail-job.js'

/** Mails of one kind that an account gets within an hour, whoever asks for them. */
const maxPerHour = 5

/** Why a mail is owed: the event, and for failures the code that it tells. */
export interface MailReason {
  eventId: string
  accountId: string
  reason: string | null
}

export interface OwedMail {
  id: string
  template: MailTemplate
  accountId: string
  reason: string | null
}

/** Two processes that hear of the same account count one after the other. */
const lock = `SELECT pg_advisory_xact_lock(hashtextextended('notifications.mail.' || $1, 0))`

const owe = `
  INSERT INTO notifications.mail (template, event_id, account_id, reason, created_at)
  SELECT $1, event_id, account_id, reason, $5::timestamptz
  FROM (
    SELECT *, row_number() OVER (PARTITION BY account_id ORDER BY event_id) AS place
    FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS cause (event_id, account_id, reason)
  ) AS owed
  WHERE place + (
    SELECT count(*) FROM notifications.mail
    WHERE mail.account_id = owed.account_id AND mail.template = $1 AND mail.created_at > $5::timestamptz - interval '1 hour'
  ) <= $6
  ON CONFLICT (event_id, template, account_id) DO NOTHING
  RETURNING id`

/** The mail, unless it is done with: sent, or given up for good. The lock lets one start of its job pass at a time. */
const open = `
  SELECT id, template, account_id AS "accountId", reason FROM notifications.mail
  WHERE id = $1
    AND NOT EXISTS (SELECT FROM notifications.mail_sent WHERE mail_id = mail.id)
    AND NOT EXISTS (SELECT FROM notifications.mail_failed WHERE mail_id = mail.id AND permanent)
  FOR UPDATE`
const forgetFailure = `DELETE FROM notifications.mail_failed WHERE mail_id = $1`
const attempt = `
  INSERT INTO notifications.mail_attempt (mail_id, attempt)
  SELECT $1, coalesce(max(attempt), 0) + 1 FROM notifications.mail_attempt WHERE mail_id = $1`
const sent = `INSERT INTO notifications.mail_sent (mail_id) VALUES ($1) ON CONFLICT DO NOTHING`
const failed = `INSERT INTO notifications.mail_failed (mail_id, code, permanent) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`

/**
 * Who is owed which mail, and what became of it. The state of a mail is which rows it has: none, it waits; an attempt, it may have left; sent or
 * failed, it is over.
 */
@Injectable()
export class MailLedger {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly signals: Signals,
  ) {}

  /** Writes mails and the jobs that send them. What goes beyond an account's limit is dropped, and told. */
  async owe(transaction: Transaction, template: MailTemplate, reasons: readonly MailReason[]): Promise<void> {
    if (reasons.length === 0) return
    await transaction.query(lock, [template])
    const mails = await transaction.query<{ id: string }>(owe, [
      template,
      reasons.map(({ eventId }) => eventId),
      reasons.map(({ accountId }) => accountId),
      reasons.map(({ reason }) => reason),
      this.clock.now().toISOString(),
      maxPerHour,
    ])
    await this.jobs.add(transaction, ...mails.map(({ id }) => SendMail({ mailId: id })))
    const dropped = reasons.length - mails.length
    if (dropped > 0) this.signals.emit('notifications.mail-over-limit', { template, dropped, limitPerHour: maxPerHour })
  }

  /** Begins an attempt, on record before anybody is called. Nothing where the mail is done with. */
  begin(mailId: string): Promise<OwedMail | undefined> {
    return this.database.write(async (transaction) => {
      const [mail] = await transaction.query<OwedMail>(open, [mailId])
      if (mail === undefined) return undefined
      await transaction.query(forgetFailure, [mailId])
      await transaction.query(attempt, [mailId])
      return mail
    })
  }

  async sent(mailId: string): Promise<void> {
    await this.database.write((transaction) => transaction.query(sent, [mailId]))
  }

  /** Not to be tried again by itself. Where the cause may pass, a repeat of the job still may. */
  async failed(mailId: string, code: string, permanent: boolean): Promise<void> {
    await this.database.write((transaction) => transaction.query(failed, [mailId, code, permanent]))
  }
}
