import {
  AccountRegistered,
  AccountVerified,
  MediaFailed,
  MediaReady,
  PasswordChanged,
  PasswordResetRequested,
  RegistrationRepeated,
} from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { Hears } from '@kilomega/messaging'
import type { DomainEvent, PayloadOf } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { type NewNotice, InboxTable } from './inbox-table.js'
import { MailLedger } from './mail-ledger.js'
import type { NecessaryTemplate } from './mail-words.js'
import { PreferenceTable } from './preference-table.js'

const batch = 500

type AccountEvent = DomainEvent<PayloadOf<typeof AccountRegistered>>
type HeardNotice = NewNotice & { eventId: string }

/** Who is told what when something happened. */
@Injectable()
export class NotificationsEvents {
  constructor(
    private readonly mails: MailLedger,
    private readonly inbox: InboxTable,
    private readonly preferences: PreferenceTable,
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
    const notices = events.map(({ id, payload: { accountId } }) => ({
      eventId: id,
      accountId,
      subjectId: null,
      reason: null,
      type: 'welcome' as const,
    }))
    await this.tell(notices, transaction)
  }

  @Hears(MediaReady, { batch })
  async tellMediaReady(events: DomainEvent<PayloadOf<typeof MediaReady>>[], transaction: Transaction): Promise<void> {
    const notices = events.map(({ id, payload }) => mediaNotice('media-ready', id, { ...payload, reason: null }))
    await this.tell(notices, transaction)
  }

  @Hears(MediaFailed, { batch })
  async tellMediaFailed(events: DomainEvent<PayloadOf<typeof MediaFailed>>[], transaction: Transaction): Promise<void> {
    const notices = events.map(({ id, payload }) => mediaNotice('media-failed', id, payload))
    await this.tell(notices, transaction)
  }

  private async oweNecessary(template: NecessaryTemplate, events: AccountEvent[], transaction: Transaction): Promise<void> {
    const reasons = events.map(({ id, payload: { accountId } }) => ({ eventId: id, accountId }))
    await this.mails.owe(transaction, template, reasons)
  }

  /** Notices of one type, by the channels that each account has chosen. */
  private async tell(notices: readonly HeardNotice[], transaction: Transaction): Promise<void> {
    const preferences = await this.preferences.of(
      transaction,
      notices.map(({ accountId }) => accountId),
    )
    const by = (channel: 'email' | 'inApp') => notices.filter(({ accountId, type }) => preferences(accountId)[type][channel])
    await this.inbox.add(transaction, by('inApp'))
    await this.mails.owe(transaction, notices[0]!.type, by('email').map(mailReason))
  }
}

const mediaNotice = (
  type: HeardNotice['type'],
  eventId: string,
  { id, ownerId, reason }: { id: string; ownerId: string; reason: string | null },
) => ({
  eventId,
  accountId: ownerId,
  subjectId: id,
  reason,
  type,
})

const mailReason = ({ eventId, accountId, subjectId, reason }: HeardNotice) => ({ eventId, accountId, subjectId, reason })
