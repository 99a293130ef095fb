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
type HeardNotice = NewNotice & MailReason

/** Who is told what when something happened. */
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
    await this.oweNecessary('verification', events, transaction)
  }

  @Hears(RegistrationRepeated, { batch })
  async tellRepeatedRegistration(events: AccountEvent[], transaction: Transaction): Promise<void> {
    await this.oweNecessary('registration-repeated', events, transaction)
  }

  @Hears(PasswordResetRequested, { batch })
  async offerReset(events: AccountEvent[], transaction: Transaction): Promise<void> {
    await this.oweNecessary('password-reset', events, transaction)
  }

  @Hears(PasswordChanged, { batch })
  async tellPasswordChange(events: AccountEvent[], transaction: Transaction): Promise<void> {
    await this.oweNecessary('password-changed', events, transaction)
  }

  @Hears(AccountVerified, { batch })
  async welcome(events: AccountEvent[], transaction: Transaction): Promise<void> {
    const notices = events.map(({ id, payload: { accountId } }) => ({ eventId: id, accountId, subjectId: null, reason: null }))
    await this.tell('welcome', notices, transaction)
  }

  @Hears(MediaReady, { batch })
  async tellMediaReady(events: DomainEvent<PayloadOf<typeof MediaReady>>[], transaction: Transaction): Promise<void> {
    const notices = events.map(({ id, payload }) => ({ eventId: id, accountId: payload.ownerId, subjectId: payload.id, reason: null }))
    await this.tell('media-ready', notices, transaction)
  }

  @Hears(MediaFailed, { batch })
  async tellMediaFailed(events: DomainEvent<PayloadOf<typeof MediaFailed>>[], transaction: Transaction): Promise<void> {
    const notices = events.map(({ id, payload }) => ({ eventId: id, accountId: payload.ownerId, subjectId: payload.id, reason: payload.reason }))
    await this.tell('media-failed', notices, transaction)
  }

  /** At once, and once more for what was told before and is heard later. */
  @Hears(AccountDeleted, { batch: 100 })
  async forgetAccount(events: AccountEvent[], transaction: Transaction): Promise<void> {
    const jobs = events.flatMap(({ payload }) => [ForgetAccount(payload), ForgetAccount(payload, { delayMs: deletedAccountSettlesMs })])
    await this.jobs.add(transaction, ...jobs)
  }

  private async oweNecessary(template: NecessaryTemplate, events: AccountEvent[], transaction: Transaction): Promise<void> {
    const reasons = events.map(({ id, payload: { accountId } }) => ({ eventId: id, accountId, reason: null }))
    await this.mails.owe(transaction, template, reasons)
  }

  /** By the channels that each account has chosen. */
  private async tell(type: Notice['type'], notices: readonly HeardNotice[], transaction: Transaction): Promise<void> {
    const accounts = notices.map(({ accountId }) => accountId)
    const preferences = await this.preferences.of(transaction, accounts)
    const by = (channel: 'email' | 'inApp') => notices.filter(({ accountId }) => preferences(accountId)[type][channel])
    await this.inbox.add(transaction, type, by('inApp'))
    await this.mails.owe(transaction, type, by('email'))
  }
}
