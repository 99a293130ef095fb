import { Id, Notification, NotificationKey, NotificationsPort, Preferences } from '@kilomega/contracts'
import { Body, Cursors, Params, Query, Route, Routes } from '@kilomega/http'
import { z } from 'zod'
import { PageQuery, pageOf } from './page.js'

const NotificationParams = z.object({ id: Id })
const Count = z.object({ count: z.int() }).meta({ title: 'UnreadCount' })
const scope = { list: 'notifications', filters: {} }

@Routes('The inbox of the caller, and preferences for notifications')
export class NotificationsController {
  constructor(
    private readonly notifications: NotificationsPort,
    private readonly cursors: Cursors,
  ) {}

  @Route({
    method: 'GET',
    path: '/v1/notifications',
    access: 'user',
    summary: 'My inbox, newest first',
    budget: { queries: 1, bytes: 31_000 },
    query: PageQuery,
    answer: pageOf(Notification).meta({ title: 'NotificationPage' }),
  })
  async list(@Query() { limit, cursor }: z.output<typeof PageQuery>) {
    const after = this.cursors.open(scope, NotificationKey, cursor)
    const { items, next } = await this.notifications.list({ limit, ...(after && { after }) })
    return { items, nextCursor: next && this.cursors.sign(scope, next) }
  }

  @Route({
    method: 'GET',
    path: '/v1/notifications/unread-count',
    access: 'user',
    summary: 'Counts my unread notifications',
    budget: { queries: 1, bytes: 1_000 },
    answer: Count,
  })
  countUnread() {
    return this.notifications.countUnread({})
  }

  @Route({
    method: 'POST',
    path: '/v1/notifications/:id/read',
    access: 'user',
    summary: 'Marks a notification as read',
    budget: { queries: 1, bytes: 0 },
    params: NotificationParams,
    status: 204,
  })
  markRead(@Params() reference: z.output<typeof NotificationParams>) {
    return this.notifications.markRead(reference)
  }

  @Route({
    method: 'POST',
    path: '/v1/notifications/read-all',
    access: 'user',
    summary: 'Marks all notifications as read',
    budget: { queries: 2, bytes: 0 },
    status: 204,
  })
  markAllRead() {
    return this.notifications.markAllRead({})
  }

  @Route({
    method: 'GET',
    path: '/v1/notification-preferences',
    access: 'user',
    summary: 'My notification preferences',
    budget: { queries: 1, bytes: 1_000 },
    answer: Preferences,
  })
  getPreferences() {
    return this.notifications.getPreferences({})
  }

  @Route({
    method: 'PUT',
    path: '/v1/notification-preferences',
    access: 'user',
    summary: 'Sets my notification preferences; mails that an account needs are always sent',
    budget: { queries: 2, bytes: 1_000 },
    body: Preferences,
    answer: Preferences,
  })
  setPreferences(@Body() preferences: Preferences) {
    return this.notifications.setPreferences(preferences)
  }
}
