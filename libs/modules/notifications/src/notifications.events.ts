import {
  AccountDeleted,
  AccountRegistered,
  AccountVerified,
  deletedAccountSettlesMs,
  MediaFailed,
  MediaReady,
  PasswordChanged,
  PasswordResetRequested,
  RegistrationRepeated,
} from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { Hears } from '@kilomega/messaging'
import type { DomainEvent, PayloadOf } from '@kilomega/ports'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { ForgetAccount } from './forget-account.js'
import { type NewNotice, InboxTable } from './inbox-table.js'
import { MailLedger, type MailReason } from './mail-ledger.js'
import type { NecessaryTemplate } from './mail-words.js'
import type { Notice } from './notice-words.js'
import { PreferenceTable } from './preference-table.js'

const batch = 500

type AccountEvent = DomainEvent<PayloadOf<typeof AccountRegistered>>
type EventNotice = NewNotice & MailReason

/** Turns domain events into mails and notices. */
@Injectable()
export class NotificationsEvents {
  constructor(
    private readonly mails: MailLedger,
    private readonly inbox: InboxTable,
    private readonly preferences: PreferenceTable,
    private readonly jobs: Jobs,
  ) {}

  @Hears(AccountRegistered, { batch })
  async askToVerify(events: AccountEvent[], transaction: Transaction): Promise<void> {
    await this.addNecessary('verification', events, transaction)
  }

  @Hears(RegistrationRepeated, { batch })
  async tellRepeatedRegistration(events: AccountEvent[], transaction: Transaction): Promise<void> {
    await this.addNecessary('registration-repeated', events, transaction)
  }

  @Hears(PasswordResetRequested, { batch })
  async offerReset(events: AccountEvent[], transaction: Transaction): Promise<void> {
    await this.addNecessary('password-reset', events, transaction)
  }

  @Hears(PasswordChanged, { batch })
  async tellPasswordChange(events: AccountEvent[], transaction: Transaction): Promise<void> {
    await this.addNecessary('password-changed', events, transaction)
  }

  @Hears(AccountVerified, { batch })
  async welcome(events: AccountEvent[], transaction: Transaction): Promise<void> {
    const notices = events.map(({ id, payload: { accountId } }) => ({ eventId: id, accountId, subjectId: null, reason: null }))
    await this.notify('welcome', notices, transaction)
  }

  @Hears(MediaReady, { batch })
  async tellMediaReady(events: DomainEvent<PayloadOf<typeof MediaReady>>[], transaction: Transaction): Promise<void> {
    const notices = events.map(({ id, payload }) => ({ eventId: id, accountId: payload.ownerId, subjectId: payload.id, reason: null }))
    await this.notify('media-ready', notices, transaction)
  }

  @Hears(MediaFailed, { batch })
  async tellMediaFailed(events: DomainEvent<PayloadOf<typeof MediaFailed>>[], transaction: Transaction): Promise<void> {
    const notices = events.map(({ id, payload }) => ({ eventId: id, accountId: payload.ownerId, subjectId: payload.id, reason: payload.reason }))
    await this.notify('media-failed', notices, transaction)
  }

  /** At once, and again later for events that were published earlier and delivered later. */
  @Hears(AccountDeleted, { batch: 100 })
  async forgetAccount(events: AccountEvent[], transaction: Transaction): Promise<void> {
    const jobs = events.flatMap(({ payload }) => [ForgetAccount(payload), ForgetAccount(payload, { delayMs: deletedAccountSettlesMs })])
    await this.jobs.add(transaction, ...jobs)
  }

  private async addNecessary(template: NecessaryTemplate, events: AccountEvent[], transaction: Transaction): Promise<void> {
    const reasons = events.map(({ id, payload: { accountId } }) => ({ eventId: id, accountId, reason: null }))
    await this.mails.add(transaction, template, reasons)
  }

  /** Uses the channels that each account has chosen. */
  private async notify(type: Notice['type'], notices: readonly EventNotice[], transaction: Transaction): Promise<void> {
    const accounts = notices.map(({ accountId }) => accountId)
    const preferences = await this.preferences.of(accounts)
    const by = (channel: 'email' | 'inApp') => notices.filter(({ accountId }) => preferences(accountId)[type][channel])
    await this.inbox.add(transaction, type, by('inApp'))
    await this.mails.add(transaction, type, by('email'))
  }
}
