import { ProductConfig } from '@kilomega/config'
import { NotificationsPort } from '@kilomega/contracts'
import { implement } from '@kilomega/messaging'
import { NotificationsConfig } from './notifications.config.js'
import { NotificationsEvents } from './notifications.events.js'
import { NotificationsJobs } from './notifications.jobs.js'
import { NotificationsModule } from './notifications.module.js'
import { NotificationsService } from './notifications.service.js'
import { CapturedMail } from './tables/captured-mail.entity.js'
import { MailAttempt } from './tables/mail-attempt.entity.js'
import { MailFailed } from './tables/mail-failed.entity.js'
import { MailParked } from './tables/mail-parked.entity.js'
import { MailSent } from './tables/mail-sent.entity.js'
import { Mail } from './tables/mail.entity.js'
import { addOutcomes } from './tables/migrations/202611260100-add-outcomes.js'
import { createNotifications } from './tables/migrations/202611240100-create-notifications.js'
import { keepHeaders } from './tables/migrations/202611291400-keep-headers.js'
import { Notification } from './tables/notification.entity.js'
import { Preference } from './tables/preference.entity.js'

export const implementation = implement(NotificationsPort, {
  module: NotificationsModule,
  service: NotificationsService,
  config: [NotificationsConfig, ProductConfig],
  entities: [Mail, MailAttempt, MailSent, MailFailed, MailParked, Notification, Preference, CapturedMail],
  migrations: [createNotifications, addOutcomes, keepHeaders],
  hears: [NotificationsEvents],
  jobs: [NotificationsJobs],
})
