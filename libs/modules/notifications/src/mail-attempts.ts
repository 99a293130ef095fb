import { Database } from '@kilomega/database'
import { type Counter, Metrics, Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import { type EntityManager, type EntityTarget, Equal, IsNull, Or, type QueryDeepPartialEntity } from 'typeorm'
import type { MailTemplate } from './mail-words.js'
import { NotificationsConfig } from './notifications.config.js'
import { MailFailed as MailFailedSignal, MailParked as MailParkedSignal } from './notifications.signals.js'
import { MailAttempt } from './tables/mail-attempt.entity.js'
import { MailFailed } from './tables/mail-failed.entity.js'
import { MailParked } from './tables/mail-parked.entity.js'
import { MailSent } from './tables/mail-sent.entity.js'
import { Mail } from './tables/mail.entity.js'

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

/** Of an attempt without an outcome: `unknown` if its lease has expired. */
const outcomeByLease = "CASE WHEN :harmless OR coalesce(leased_until <= now(), true) THEN 'unknown' END"

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
    metrics.gauge('notifications_parked_mails', 'Mails that may have been sent and are not sent again automatically', () =>
      this.database.read(({ manager }) => manager.count(MailParked)),
    )
  }

  /**
   * The mail, if it should be sent now. One that may have been sent is sent again or parked, depending on whether it may be repeated; one with an attempt in
   * progress is left alone, unless a repeat does no harm.
   */
  find(mailId: string, repeating: Repeating): Promise<PendingMail | NotNow> {
    return this.database.write(({ manager }) => this.findIn(manager, mailId, repeating))
  }

  /** Records an attempt; from now on the mail may have been sent. Checks again, because another attempt may have started since the mail was found. */
  begin(mailId: string, repeating: Repeating): Promise<SendingMail | NotNow> {
    return this.database.write(async ({ manager }) => {
      const mail = await this.findIn(manager, mailId, repeating)
      if (typeof mail === 'string') return mail
      const attempt = nextAttempt(mail)
      await manager
        .createQueryBuilder()
        .insert()
        .into(MailAttempt)
        .values({ mailId, attempt, leasedUntil: () => "now() + :leaseMs * interval '1 ms'" })
        .setParameter('leaseMs', this.config.sendingLeaseMs)
        .execute()
      return { ...mail, attempt }
    })
  }

  async sent(mail: SendingMail): Promise<void> {
    await this.database.write(async ({ manager }) => {
      await end(manager, mail, 'sent')
      await manager.delete(MailParked, { mailId: mail.id })
      await insertOnce(manager, MailSent, { mailId: mail.id })
    })
    this.outcomes.add(1, 'sent')
  }

  /** No mail server could be reached: this does not count as an attempt. */
  async withdraw(mail: SendingMail): Promise<void> {
    await this.database.write(({ manager }) => manager.delete(MailAttempt, unended(mail)))
    this.outcomes.add(1, 'unavailable')
  }

  /** The mail was certainly not sent. `givenUp` means that it is not retried automatically; if the cause is not permanent, repeating the job still sends it. */
  async failed(mail: SendingMail, code: string, givenUp: { permanent: boolean } | undefined): Promise<void> {
    const { id: mailId, template } = mail
    await this.database.write(async ({ manager }) => {
      const before = await lockedMail(manager, mailId)
      if (mail.attempt === undefined) await manager.insert(MailAttempt, { mailId, attempt: nextAttempt(before), outcome: 'failed' })
      else await end(manager, mail, 'failed')
      if (givenUp) await insertOnce(manager, MailFailed, { mailId, code, permanent: givenUp.permanent })
    })
    this.outcomes.add(1, 'failed')
    if (givenUp) this.signals.emit(MailFailedSignal, { mailId, template, code })
  }

  /** The mail may have been sent. Returns whether it was parked. */
  async unknown(mail: SendingMail, mayRepeat: boolean): Promise<boolean> {
    await this.database.write(async ({ manager }) => {
      await end(manager, mail, 'unknown')
      if (mayRepeat) this.outcomes.add(1, 'resent')
      else await this.parkIn(manager, mail)
    })
    return !mayRepeat
  }

  private async findIn(manager: EntityManager, mailId: string, { mayRepeat, harmless }: Repeating): Promise<Mail | NotNow> {
    const mail = await lockedMail(manager, mailId)
    if (mail === undefined || mail.sent || mail.parked || mail.failed?.permanent) return 'done'
    const before = await this.endByLease(manager, mail, harmless)
    if (before.includes(null)) return 'sending'
    if (before.length > 0 && !mayRepeat(mail)) return this.parkIn(manager, mail)
    if (before.length > 0) this.outcomes.add(1, 'resent')
    if (mail.failed) await manager.delete(MailFailed, { mailId })
    return mail
  }

  /** The outcomes of the attempts that had none; null for those whose lease has not expired. */
  private async endByLease(manager: EntityManager, { id: mailId, attempts }: Mail, harmless: boolean): Promise<MailAttempt['outcome'][]> {
    if (!attempts!.some(({ outcome }) => outcome === null)) return []
    const { raw } = await manager
      .createQueryBuilder()
      .update(MailAttempt)
      .set({ outcome: () => outcomeByLease })
      .where({ mailId, outcome: IsNull() })
      .setParameter('harmless', harmless)
      .returning('outcome')
      .execute()
    return (raw as Pick<MailAttempt, 'outcome'>[]).map(({ outcome }) => outcome)
  }

  private async parkIn(manager: EntityManager, { id, template }: PendingMail): Promise<'parked'> {
    await insertOnce(manager, MailParked, { mailId: id })
    this.outcomes.add(1, 'parked')
    this.signals.emit(MailParkedSignal, { mailId: id, template })
    return 'parked'
  }
}

/**
 * The lock admits one run of the mail's job at a time. The outcomes are read by a second statement, because the one that waited for the lock does not see what
 * was committed meanwhile.
 */
async function lockedMail(manager: EntityManager, id: string): Promise<Mail | undefined> {
  await manager.findOne(Mail, { select: { id: true }, where: { id }, lock: { mode: 'pessimistic_write' } })
  const [mail] = await manager.find(Mail, { where: { id }, relations: { attempts: true, sent: true, parked: true, failed: true } })
  return mail
}

const nextAttempt = (mail: Mail | undefined): number => Math.max(0, ...(mail?.attempts ?? []).map(({ attempt }) => attempt)) + 1

/** The attempt, unless its outcome is known. None has the number 0. */
const unended = ({ id, attempt = 0 }: SendingMail) => ({ mailId: id, attempt, outcome: Or(IsNull(), Equal('unknown' as const)) })

/** A known outcome also replaces `unknown`. */
const end = (manager: EntityManager, mail: SendingMail, outcome: MailAttempt['outcome']) => manager.update(MailAttempt, unended(mail), { outcome })

const insertOnce = <Row extends { mailId: string }>(manager: EntityManager, outcome: EntityTarget<Row>, row: QueryDeepPartialEntity<Row>) =>
  manager.createQueryBuilder().insert().into(outcome).values(row).orIgnore().execute()
