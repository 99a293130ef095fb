import { ProductConfig } from '@kilomega/config'
import { Database, DatabaseModule } from '@kilomega/database'
import { Metrics } from '@kilomega/observability'
import { Module } from '@nestjs/common'
import { getRepositoryToken } from '@nestjs/typeorm'
import type { Repository } from 'typeorm'
import { CapturedMailSender } from './drivers/mail-sender.captured.js'
import { MailSender } from './drivers/mail-sender.js'
import { SmtpMailSender } from './drivers/mail-sender.smtp.js'
import { TemplateRenderer } from './drivers/template-renderer.js'
import { LiquidTemplateRenderer } from './drivers/template-renderer.liquid.js'
import { AccountForgetting } from './forget-account.js'
import { InboxTable } from './inbox-table.js'
import { LetterComposer } from './letter-composer.js'
import { MailAttempts } from './mail-attempts.js'
import { MailDelivery } from './mail-delivery.js'
import { MailLedger } from './mail-ledger.js'
import { MailRetries } from './mail-retries.js'
import { NotificationsConfig } from './notifications.config.js'
import { NotificationsEvents } from './notifications.events.js'
import { NotificationsJobs } from './notifications.jobs.js'
import { NotificationsService } from './notifications.service.js'
import { PreferenceTable } from './preference-table.js'
import { CapturedMail } from './tables/captured-mail.entity.js'
import { MailAttempt } from './tables/mail-attempt.entity.js'
import { MailFailed } from './tables/mail-failed.entity.js'
import { MailParked } from './tables/mail-parked.entity.js'
import { MailSent } from './tables/mail-sent.entity.js'
import { Mail } from './tables/mail.entity.js'
import { Notification } from './tables/notification.entity.js'
import { Preference } from './tables/preference.entity.js'
import { UnsubscribeSeal } from './unsubscribe-seal.js'

const mailSender = {
  provide: MailSender,
  inject: [NotificationsConfig, ProductConfig, Metrics, Database, getRepositoryToken(CapturedMail)],
  useFactory: (config: NotificationsConfig, product: ProductConfig, metrics: Metrics, ...kept: [Database, Repository<CapturedMail>]): MailSender =>
    config.mailDriver === 'smtp' ? new SmtpMailSender(config, product, metrics) : new CapturedMailSender(...kept, config),
}

@Module({
  imports: [DatabaseModule.forSchema('notifications', [Mail, MailAttempt, MailSent, MailFailed, MailParked, Notification, Preference, CapturedMail])],
  providers: [
    NotificationsService,
    NotificationsEvents,
    NotificationsJobs,
    AccountForgetting,
    InboxTable,
    LetterComposer,
    MailAttempts,
    MailDelivery,
    MailLedger,
    MailRetries,
    PreferenceTable,
    UnsubscribeSeal,
    mailSender,
    { provide: TemplateRenderer, useClass: LiquidTemplateRenderer },
  ],
})
export class NotificationsModule {}
