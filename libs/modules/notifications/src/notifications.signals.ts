import { signal } from '@kilomega/observability'

export const MailFailed = signal('notifications.mail-failed', 'warn', 'A mail could not be sent and was given up')
export const MailOverLimit = signal('notifications.mail-over-limit', 'warn', 'Mails beyond the limit of an account were dropped')
export const MailParked = signal('notifications.mail-parked', 'warn', 'A mail may have been sent and is not sent again automatically')
