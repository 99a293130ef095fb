import { ProductConfig } from '@kilomega/config'
import { NotificationsPort } from '@kilomega/contracts'
import { implement } from '@kilomega/messaging'
import { NotificationsConfig } from './notifications.config.js'
import { NotificationsEvents } from './notifications.events.js'
import { NotificationsJobs } from './notifications.jobs.js'
import { NotificationsModule } from './notifications.module.js'
import { NotificationsService } from './notifications.service.js'
import { addOutcomes } from './tables/migrations/202611260100-add-outcomes.js'
import { createNotifications } from './tables/migrations/202611240100-create-notifications.js'
import { keepHeaders } from './tables/migrations/202611291400-keep-headers.js'

export const implementation = implement(NotificationsPort, {
  module: NotificationsModule,
  service: NotificationsService,
  config: [NotificationsConfig, ProductConfig],
  migrations: [createNotifications, addOutcomes, keepHeaders],
  hears: [NotificationsEvents],
  jobs: [NotificationsJobs],
})
