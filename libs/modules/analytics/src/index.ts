import { AnalyticsPort } from '@kilomega/contracts'
import { implement } from '@kilomega/messaging'
import { AnalyticsEvents } from './analytics.events.js'
import { AnalyticsJobs } from './analytics.jobs.js'
import { AnalyticsModule } from './analytics.module.js'
import { AnalyticsService } from './analytics.service.js'
import { ChangedDay } from './tables/changed-day.entity.js'
import { DailyStat } from './tables/daily-stat.entity.js'
import { Event } from './tables/event.entity.js'
import { createEvents } from './tables/migrations/202611240100-create-events.js'

export const implementation = implement(AnalyticsPort, {
  module: AnalyticsModule,
  service: AnalyticsService,
  entities: [Event, ChangedDay, DailyStat],
  migrations: [createEvents],
  hears: [AnalyticsEvents],
  jobs: [AnalyticsJobs],
})
