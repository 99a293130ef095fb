import { AnalyticsPort } from '@kilomega/contracts'
import { implement } from '@kilomega/messaging'
import { AnalyticsEvents } from './analytics.events.js'
import { AnalyticsJobs } from './analytics.jobs.js'
import { AnalyticsModule } from './analytics.module.js'
import { AnalyticsService } from './analytics.service.js'
import { createEvents } from './tables/migrations/202611240100-create-events.js'

export const implementation = implement(AnalyticsPort, {
  module: AnalyticsModule,
  service: AnalyticsService,
  migrations: [createEvents],
  hears: [AnalyticsEvents],
  jobs: [AnalyticsJobs],
})
