import { Database, type Transaction } from '@kilomega/database'
import { type Counter, Metrics, Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import type { MailTemplate } from './mail-words.js'
import { NotificationsConfig } from './notifications.config.js'
import { MailFailed, MailParked } from './notifications.signals.js'

export interface PendingMail {
  id: string
  template: MailTemplate
  accountId: string
  reason: string | null
}

/** A mail that is being sent. */
export interface SendingMail extends PendingMail {
  /** The recorded attempt; undefined until the mail server is ready for the mail. */
  attempt?: number
}

/** How to treat a mail that may have been sent. */
export interface Repeating {
  /** Whether it may be sent again. */
  mayRepeat: (mail: PendingMail) => boolean
  /** Whether the sender recognises repeats, so that a repeat does no harm. */
  harmless: boolean
}

/** Why a mail is not sent now: it is finished, another attempt is in progress, or an earlier one may have sent it and it must not be sent twice. */
export type NotNow = 'done' | 'sending' | 'parked'

/** The mail, unless it is finished: sent, parked, or failed permanently. The lock admits one run of its job at a time. */
const open = `
  SELECT id, template, account_id AS "accountId", reason FROM notifications.mail
  WHERE id = $1
    AND NOT EXISTS (SELECT FROM notifications.mail_sent WHERE mail_id = mail.id)
    AND NOT EXISTS (SELECT FROM notifications.mail_parked WHERE mail_id = mail.id)
    AND NOT EXISTS (SELECT FROM notifications.mail_failed WHERE mail_id = mail.id AND permanent)
  FOR UPDATE`
/** Attempts without an outcome: those whose lease has expired get the outcome `unknown`. */
const unfinished = `
  UPDATE notifications.mail_attempt SET outcome = CASE WHEN $2 OR coalesce(leased_until <= now(), true) THEN 'unknown' END
  WHERE mail_id = $1 AND outcome IS NULL
  RETURNING outcome`
const forgetFailure = `DELETE FROM notifications.mail_failed WHERE mail_id = $1`
const sending = `
  INSERT INTO notifications.mail_attempt (mail_id, attempt, leased_until)
  SELECT $1, coalesce(max(attempt), 0) + 1, now() + $2 * interval '1 ms' FROM notifications.mail_attempt WHERE mail_id = $1
  RETURNING attempt`
/** An attempt that failed before anything was sent is recorded only now. */
const neverStarted = `
  INSERT INTO notifications.mail_attempt (mail_id, attempt, outcome)
  SELECT $1, coalesce(max(attempt), 0) + 1, 'failed' FROM notifications.mail_attempt WHERE mail_id = $1`
const lock = `SELECT FROM notifications.mail WHERE id = $1 FOR UPDATE`
/** A known outcome also replaces `unknown`. */
const ended = `UPDATE notifications.mail_attempt SET outcome = $3 WHERE mail_id = $1 AND attempt = $2 AND (outcome IS NULL OR outcome = 'unknown')`
/** No mail server was reached, so the attempt is deleted. */
const withdrawn = `DELETE FROM notifications.mail_attempt WHERE mail_id = $1 AND attempt = $2 AND (outcome IS NULL OR outcome = 'unknown')`
const sent = `
  WITH found AS (DELETE FROM notifications.mail_parked WHERE mail_id = $1)
  INSERT INTO notifications.mail_sent (mail_id) VALUES ($1) ON CONFLICT DO NOTHING`
const failed = `INSERT INTO notifications.mail_failed (mail_id, code, permanent) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
const park = `INSERT INTO notifications.mail_parked (mail_id) VALUES ($1) ON CONFLICT DO NOTHING`
const countParked = `SELECT count(*)::int AS count FROM notifications.mail_parked`

/**
 * Records attempts to send mails and their outcomes. An attempt is recorded right before any of the mail is sent, and not earlier; one without an outcome when
 * its lease expires may have sent the mail. The state of a mail is which rows it has: with none it is pending; with sent, failed or parked it is finished.
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
      'Attempts to send a mail by outcome, and mails that may have been sent: sent again, or parked',
      ['outcome'],
    )
    metrics.gauge('notifications_parked_mails', 'Mails that may have been sent and are not sent again automatically', async () => {
      const [row] = await this.database.read((queryable) => queryable.query<{ count: number }>(countParked))
      return row!.count
    })
  }

  /**
   * The mail, if it should be sent now. One that may have been sent is sent again or parked, depending on whether it may be repeated; one with an attempt in
   * progress is left alone, unless a repeat does no harm.
   */
  find(mailId: string, repeating: Repeating): Promise<PendingMail | NotNow> {
    return this.database.write((transaction) => this.findIn(transaction, mailId, repeating))
  }

  /** Records an attempt; from now on the mail may have been sent. Checks again, because another attempt may have started since the mail was found. */
  begin(mailId: string, repeating: Repeating): Promise<SendingMail | NotNow> {
    return this.database.write(async (transaction) => {
      const mail = await this.findIn(transaction, mailId, repeating)
      if (typeof mail === 'string') return mail
      const [started] = await transaction.query<{ attempt: number }>(sending, [mailId, this.config.sendingLeaseMs])
      return { ...mail, attempt: started!.attempt }
    })
  }

  async sent({ id, attempt }: SendingMail): Promise<void> {
    await this.database.write(async (transaction) => {
      await transaction.query(ended, [id, attempt, 'sent'])
      await transaction.query(sent, [id])
    })
    this.outcomes.add(1, 'sent')
  }

  /** No mail server could be reached: this does not count as an attempt. */
  async withdraw({ id, attempt }: SendingMail): Promise<void> {
    await this.database.write((transaction) => transaction.query(withdrawn, [id, attempt]))
    this.outcomes.add(1, 'unavailable')
  }

  /** The mail was certainly not sent. `givenUp` means that it is not retried automatically; if the cause is not permanent, repeating the job still sends it. */
  async failed({ id, attempt, template }: SendingMail, code: string, givenUp: { permanent: boolean } | undefined): Promise<void> {
    await this.database.write(async (transaction) => {
      await transaction.query(lock, [id])
      if (attempt === undefined) await transaction.query(neverStarted, [id])
      else await transaction.query(ended, [id, attempt, 'failed'])
      if (givenUp) await transaction.query(failed, [id, code, givenUp.permanent])
    })
    this.outcomes.add(1, 'failed')
    if (givenUp) this.signals.emit(MailFailed, { mailId: id, template, code })
  }

  /** The mail may have been sent. Returns whether it was parked. */
  async unknown(mail: SendingMail, mayRepeat: boolean): Promise<boolean> {
    await this.database.write(async (transaction) => {
      await transaction.query(ended, [mail.id, mail.attempt, 'unknown'])
      if (mayRepeat) this.outcomes.add(1, 'resent')
      else await this.parkIn(transaction, mail)
    })
    return !mayRepeat
  }

  private async findIn(transaction: Transaction, mailId: string, { mayRepeat, harmless }: Repeating): Promise<PendingMail | NotNow> {
    const [mail] = await transaction.query<PendingMail>(open, [mailId])
    if (mail === undefined) return 'done'
    const before = await transaction.query<{ outcome: string | null }>(unfinished, [mailId, harmless])
    if (before.some(({ outcome }) => outcome === null)) return 'sending'
    if (before.length > 0 && !mayRepeat(mail)) return this.parkIn(transaction, mail)
    if (before.length > 0) this.outcomes.add(1, 'resent')
    await transaction.query(forgetFailure, [mailId])
    return mail
  }

  private async parkIn(transaction: Transaction, { id, template }: PendingMail): Promise<'parked'> {
    await transaction.query(park, [id])
    this.outcomes.add(1, 'parked')
    this.signals.emit(MailParked, { mailId: id, template })
    return 'parked'
  }
}
