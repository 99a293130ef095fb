import { Database, type Transaction } from '@kilomega/database'
import { type Counter, Metrics, Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import type { MailTemplate } from './mail-words.js'
import { NotificationsConfig } from './notifications.config.js'
import { MailFailed, MailParked } from './notifications.signals.js'

export interface OwedMail {
  id: string
  template: MailTemplate
  accountId: string
  reason: string | null
}

/** A mail at which an attempt is made. */
export interface SendingMail extends OwedMail {
  /** The attempt on record; absent until the mail server waits for the mail. */
  attempt?: number
}

/** What is so where a mail may have left. */
export interface Repeating {
  /** Whether it may be sent again. */
  mayRepeat: (mail: OwedMail) => boolean
  /** Whether the one who delivers it recognises a repeat. */
  harmless: boolean
}

/** Why a mail is not sent now: it is done with, an attempt is at it, or an earlier one may have sent it and it must not come twice. */
export type NotNow = 'done' | 'sending' | 'parked'

/** The mail, unless it is done with: sent, parked, or given up for good. The lock lets one start of its job pass at a time. */
const open = `
  SELECT id, template, account_id AS "accountId", reason FROM notifications.mail
  WHERE id = $1
    AND NOT EXISTS (SELECT FROM notifications.mail_sent WHERE mail_id = mail.id)
    AND NOT EXISTS (SELECT FROM notifications.mail_parked WHERE mail_id = mail.id)
    AND NOT EXISTS (SELECT FROM notifications.mail_failed WHERE mail_id = mail.id AND permanent)
  FOR UPDATE`
/** Attempts without an end: those whose time is over have come to an unknown one. */
const unended = `
  UPDATE notifications.mail_attempt SET outcome = CASE WHEN $2 OR coalesce(leased_until <= now(), true) THEN 'unknown' END
  WHERE mail_id = $1 AND outcome IS NULL
  RETURNING outcome`
const forgetFailure = `DELETE FROM notifications.mail_failed WHERE mail_id = $1`
const sending = `
  INSERT INTO notifications.mail_attempt (mail_id, attempt, leased_until)
  SELECT $1, coalesce(max(attempt), 0) + 1, now() + $2 * interval '1 ms' FROM notifications.mail_attempt WHERE mail_id = $1
  RETURNING attempt`
/** An attempt that failed before anything left is on record too, but only then. */
const neverBegun = `
  INSERT INTO notifications.mail_attempt (mail_id, attempt, outcome)
  SELECT $1, coalesce(max(attempt), 0) + 1, 'failed' FROM notifications.mail_attempt WHERE mail_id = $1`
const lock = `SELECT FROM notifications.mail WHERE id = $1 FOR UPDATE`
/** What is known now holds also where it was not known before. */
const ended = `UPDATE notifications.mail_attempt SET outcome = $3 WHERE mail_id = $1 AND attempt = $2 AND (outcome IS NULL OR outcome = 'unknown')`
/** Nobody was called: it is as if the attempt had not been. */
const withdrawn = `DELETE FROM notifications.mail_attempt WHERE mail_id = $1 AND attempt = $2 AND (outcome IS NULL OR outcome = 'unknown')`
const sent = `
  WITH found AS (DELETE FROM notifications.mail_parked WHERE mail_id = $1)
  INSERT INTO notifications.mail_sent (mail_id) VALUES ($1) ON CONFLICT DO NOTHING`
const failed = `INSERT INTO notifications.mail_failed (mail_id, code, permanent) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
const park = `INSERT INTO notifications.mail_parked (mail_id) VALUES ($1) ON CONFLICT DO NOTHING`
const countParked = `SELECT count(*)::int AS count FROM notifications.mail_parked`

/**
 * What became of mails. An attempt is on record before anything of the mail leaves, and not earlier; one that has no outcome when its lease is over may have
 * sent the mail. The state of a mail is which rows it has: none, it waits; sent, failed or parked, it is over.
 */
@Injectable()
export class MailAttempts {
  private readonly outcomes: Counter

  constructor(
    private readonly database: Database,
    private readonly signals: Signals,
    private readonly config: NotificationsConfig,
    metrics: Metrics,
  ) {
    this.outcomes = metrics.counter(
      'notifications_mails_total',
      'Attempts to send a mail by outcome, and mails that may have left: sent again, or parked',
      ['outcome'],
    )
    metrics.gauge('notifications_parked_mails', 'Mails that may have left and are not sent again by themselves', async () => {
      const [row] = await this.database.read((queryable) => queryable.query<{ count: number }>(countParked))
      return row!.count
    })
  }

  /**
   * A mail that is to be sent now. One that may have left is to be sent again or is parked, as it may be repeated; one that another attempt is at is left alone,
   * unless a repeat does no harm.
   */
  find(mailId: string, repeating: Repeating): Promise<OwedMail | NotNow> {
    return this.database.write((transaction) => this.findIn(transaction, mailId, repeating))
  }

  /** Puts an attempt on record; from now on the mail may have left. Asks once more, because others may have been at the mail since it was found. */
  begin(mailId: string, repeating: Repeating): Promise<SendingMail | NotNow> {
    return this.database.write(async (transaction) => {
      const mail = await this.findIn(transaction, mailId, repeating)
      if (typeof mail === 'string') return mail
      const [begun] = await transaction.query<{ attempt: number }>(sending, [mailId, this.config.sendingLeaseMs])
      return { ...mail, attempt: begun!.attempt }
    })
  }

  async sent({ id, attempt }: SendingMail): Promise<void> {
    await this.database.write(async (transaction) => {
      await transaction.query(ended, [id, attempt, 'sent'])
      await transaction.query(sent, [id])
    })
    this.outcomes.add(1, 'sent')
  }

  /** Nobody could be given it: that is no try. */
  async withdraw({ id, attempt }: SendingMail): Promise<void> {
    await this.database.write((transaction) => transaction.query(withdrawn, [id, attempt]))
    this.outcomes.add(1, 'unavailable')
  }

  /** It certainly has not left. `givenUp`: nor will it by itself; where the cause may pass, a repeat of the job still tries again. */
  async failed({ id, attempt, template }: SendingMail, code: string, givenUp: { permanent: boolean } | undefined): Promise<void> {
    await this.database.write(async (transaction) => {
      await transaction.query(lock, [id])
      if (attempt === undefined) await transaction.query(neverBegun, [id])
      else await transaction.query(ended, [id, attempt, 'failed'])
      if (givenUp) await transaction.query(failed, [id, code, givenUp.permanent])
    })
    this.outcomes.add(1, 'failed')
    if (givenUp) this.signals.emit(MailFailed, { mailId: id, template, code })
  }

  /** It may have left. Whether it is parked. */
  async unknown(mail: SendingMail, mayRepeat: boolean): Promise<boolean> {
    await this.database.write(async (transaction) => {
      await transaction.query(ended, [mail.id, mail.attempt, 'unknown'])
      if (mayRepeat) this.outcomes.add(1, 'resent')
      else await this.parkIn(transaction, mail)
    })
    return !mayRepeat
  }

  private async findIn(transaction: Transaction, mailId: string, { mayRepeat, harmless }: Repeating): Promise<OwedMail | NotNow> {
    const [mail] = await transaction.query<OwedMail>(open, [mailId])
    if (mail === undefined) return 'done'
    const before = await transaction.query<{ outcome: string | null }>(unended, [mailId, harmless])
    if (before.some(({ outcome }) => outcome === null)) return 'sending'
    if (before.length > 0 && !mayRepeat(mail)) return this.parkIn(transaction, mail)
    if (before.length > 0) this.outcomes.add(1, 'resent')
    await transaction.query(forgetFailure, [mailId])
    return mail
  }

  private async parkIn(transaction: Transaction, { id, template }: OwedMail): Promise<'parked'> {
    await transaction.query(park, [id])
    this.outcomes.add(1, 'parked')
    this.signals.emit(MailParked, { mailId: id, template })
    return 'parked'
  }
}
