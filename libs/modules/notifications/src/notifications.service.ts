import { ProductConfig } from '@kilomega/config'
import {
  type CapturedMail,
  type Notification as NotificationView,
  notificationsErrors,
  type NotificationsPort,
  type Preferences,
} from '@kilomega/contracts'
import { currentCall, fitting, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { MailSender } from './drivers/mail-sender.js'
import { InboxTable } from './inbox-table.js'
import { noticeWords } from './notice-words.js'
import type { Notification } from './tables/notification.entity.js'
import { PreferenceTable } from './preference-table.js'
import { type Subscription, UnsubscribeSeal } from './unsubscribe-seal.js'

@Injectable()
export class NotificationsService implements NotificationsPort {
  constructor(
    private readonly inbox: InboxTable,
    private readonly preferences: PreferenceTable,
    private readonly seal: UnsubscribeSeal,
    private readonly sender: MailSender,
    private readonly product: ProductConfig,
  ) {}

  async list({ limit, after }: { limit: number; after?: { id: string } }) {
    const found = await this.inbox.list(caller(), limit + 1, after?.id)
    const items = found.slice(0, limit).map((notice) => this.inWords(notice))
    return { items, next: found.length > limit ? { id: items.at(-1)!.id } : null }
  }

  async countUnread(): Promise<{ count: number }> {
    return { count: await this.inbox.countUnread(caller()) }
  }

  async markRead({ id }: { id: string }): Promise<void> {
    await this.inbox.markRead(caller(), id)
  }

  async markAllRead(): Promise<void> {
    await this.inbox.markAllRead(caller())
  }

  async getPreferences(): Promise<Preferences> {
    return this.preferences.get(caller())
  }

  async setPreferences(preferences: Preferences): Promise<Preferences> {
    await this.preferences.set(caller(), preferences)
    return preferences
  }

  async unsubscribe({ token }: { token: string }): Promise<Pick<Subscription, 'type'>> {
    const subscription = this.seal.open(token)
    if (subscription === undefined) throw notificationsErrors.INVALID_UNSUBSCRIBE_TOKEN()
    await this.preferences.stopEmail(subscription)
    return { type: subscription.type }
  }

  async listCapturedMail(query: { to?: string; limit: number }): Promise<{ items: CapturedMail[] }> {
    return { items: fitting(await this.sender.listCaptured(query)) }
  }

  private inWords({ accountId: _, reason, ...notice }: Notification): NotificationView {
    return { ...notice, ...noticeWords({ type: notice.type, reason }, this.product.name) }
  }
}

/** Inboxes belong to accounts; the system has none. */
function caller(): string {
  const { actor } = currentCall()
  if (actor.kind !== 'user') throw portErrors.UNAUTHENTICATED()
  return actor.id
}
