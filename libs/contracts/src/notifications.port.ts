import { command, errors, port, query } from '@kilomega/ports'
import { z } from 'zod'
import { Id, Nothing, PageSize, Time } from './values.js'

export const notificationTypes = ['welcome', 'media-ready', 'media-failed'] as const
export const NotificationType = z.enum(notificationTypes)

export const Notification = z
  .object({
    id: Id,
    type: NotificationType,
    title: z.string(),
    body: z.string(),
    /** What the notification is about, if there is something to open. */
    subjectId: Id.nullable(),
    readAt: Time.nullable(),
    createdAt: Time,
  })
  .meta({ title: 'Notification' })
export type Notification = z.infer<typeof Notification>

export const NotificationKey = z.object({ id: Id })
export const NotificationPage = z.object({ items: z.array(Notification).max(100), next: NotificationKey.nullable() })

const Channels = z.object({ email: z.boolean(), inApp: z.boolean() }).meta({ title: 'NotificationChannels' })
export const Preferences = z.object({ welcome: Channels, 'media-ready': Channels, 'media-failed': Channels }).meta({ title: 'Preferences' })
export type Preferences = z.infer<typeof Preferences>

export const CapturedMail = z.object({
  id: Id,
  to: z.string(),
  from: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  /** Those that mail programs read, by name: how to unsubscribe, where there is a choice. */
  headers: z.record(z.string(), z.string()).default({}),
  sentAt: Time,
})
export type CapturedMail = z.infer<typeof CapturedMail>

/** What users are notified of, by mail and in the application. Mails that an account needs (verification, reset) cannot be switched off. */
export abstract class NotificationsPort extends port('notifications', {
  list: query({
    summary: 'The inbox of the caller, newest first',
    access: 'user',
    input: z.object({ limit: PageSize, after: NotificationKey.optional() }),
    output: NotificationPage,
    timeoutMs: 1_000,
  }),
  countUnread: query({
    summary: 'The number of unread notifications in the inbox',
    access: 'user',
    input: Nothing,
    output: z.object({ count: z.int() }),
    timeoutMs: 1_000,
  }),
  markRead: command({ summary: 'Marks one as read; a second call is not an error', access: 'user', input: z.object({ id: Id }), timeoutMs: 1_000 }),
  markAllRead: command({ summary: 'Marks all as read', access: 'user', input: Nothing, timeoutMs: 2_000 }),
  getPreferences: query({
    summary: 'Which notifications reach the caller, and how',
    access: 'user',
    input: Nothing,
    output: Preferences,
    timeoutMs: 1_000,
  }),
  setPreferences: command({
    summary: 'Replaces the preferences as a whole',
    access: 'user',
    input: Preferences,
    output: Preferences,
    timeoutMs: 1_000,
  }),
  /** Uses the sealed token of a link in a mail, without a session. Stops mails of this type only: notices in the application and mails of other types continue. */
  unsubscribe: command({
    summary: 'Stops mails of one type to one account, by the token of a link in such a mail',
    access: 'anyone',
    input: z.object({ token: z.string().max(200) }),
    output: z.object({ type: NotificationType }),
    timeoutMs: 1_000,
  }),
  /** The newest mails that the captured-mail driver kept instead of sending; empty with any other driver. */
  listCapturedMail: query({
    summary: 'The newest mails that were captured instead of sent; empty with any other driver',
    input: z.object({ to: z.string().max(254).optional(), limit: PageSize }),
    output: z.object({ items: z.array(CapturedMail).max(100) }),
    timeoutMs: 1_000,
  }),
}) {}

export const notificationsErrors = errors({
  INVALID_UNSUBSCRIBE_TOKEN: ['invalid', 'The token that ends mails is wrong or incomplete'],
})
