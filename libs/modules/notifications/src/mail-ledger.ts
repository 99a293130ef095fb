import { lockByName, type Transaction } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Any, type Repository } from 'typeorm'
import { mailPriority, type MailTemplate } from './mail-words.js'
import { MailOverLimit } from './notifications.signals.js'
import { SendMail } from './send-mail-job.js'
import { Mail } from './tables/mail.entity.js'

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

/**
 * By hand, because events come in batches of up to 500, one batch of a template at a time: 10 ms, and 20 ms as three statements of a repository.
 *
 * By the database's clock. A mail that was written while that clock was ahead counts as created now, and ages from here on.
 */
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

/** The mails to be sent. */
@Injectable()
export class MailLedger {
  constructor(
    @InjectRepository(Mail) private readonly mails: Repository<Mail>,
    private readonly jobs: Jobs,
    private readonly signals: Signals,
  ) {}

  /** Writes mails and the jobs that send them. Mails beyond an account's limit are dropped and logged. */
  async add(transaction: Transaction, template: MailTemplate, reasons: readonly MailReason[]): Promise<void> {
    if (reasons.length === 0) return
    // Processes that handle events of the same template count one after the other.
    await lockByName(transaction, 'notifications.mail.' + template)
    const mails = await transaction.query<NewMail>(insertMails, [
      template,
      reasons.map(({ eventId }) => eventId),
      reasons.map(({ accountId }) => accountId),
      reasons.map(({ reason }) => reason),
      maxPerHour,
    ])
    const placeOf = await this.places(mails)
    await this.jobs.add(transaction, ...mails.map((mail) => SendMail({ mailId: mail.id }, { priority: mailPriority(template, placeOf(mail)) })))
    const dropped = reasons.length - mails.length
    if (dropped > 0) this.signals.emit(MailOverLimit, { template, dropped, limitPerHour: maxPerHour })
  }

  /** The place of each mail in the queue of its account, from 1. Call the result once per mail. */
  private async places(mails: readonly NewMail[]): Promise<(mail: NewMail) => number> {
    const accounts = mails.map(({ accountId }) => accountId)
    const next = await this.countWaiting([...new Set(accounts)])
    for (const id of accounts) next.set(id, next.get(id)! - 1)
    return ({ accountId }) => {
      const place = next.get(accountId)! + 1
      next.set(accountId, place)
      return place
    }
  }

  /** The number of unfinished mails per account, including those that were just added. */
  private async countWaiting(accounts: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.mails
      .createQueryBuilder('mail')
      .select('mail.accountId', 'accountId')
      .addSelect('count(*)', 'count')
      .leftJoin('mail.sent', 'sent')
      .leftJoin('mail.parked', 'parked')
      .leftJoin('mail.failed', 'failed')
      .where({ accountId: Any(accounts) })
      .andWhere("mail.createdAt > now() - interval '1 day'")
      .andWhere('sent.mailId IS NULL AND parked.mailId IS NULL AND failed.mailId IS NULL')
      .groupBy('mail.accountId')
      .getRawMany<{ accountId: string; count: number }>()
    return new Map(rows.map(({ accountId, count }) => [accountId, count]))
  }
}
