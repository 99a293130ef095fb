import { DatabaseModule } from '@kilomega/database'
import { Module } from '@nestjs/common'
import { AnalyticsEvents } from './analytics.events.js'
import { AnalyticsJobs } from './analytics.jobs.js'
import { AnalyticsService } from './analytics.service.js'
import { EventWriter } from './event-writer.js'
import { OpenMonths } from './open-months.js'
import { AccountEventRemoval } from './remove-events-of-account.js'
import { ChangedDay } from './tables/changed-day.entity.js'
import { DailyStat } from './tables/daily-stat.entity.js'
import { Event } from './tables/event.entity.js'

@Module({
  imports: [DatabaseModule.forSchema('analytics', [Event, ChangedDay, DailyStat])],
  providers: [AnalyticsService, AnalyticsEvents, AnalyticsJobs, AccountEventRemoval, EventWriter, OpenMonths],
})
export class AnalyticsModule {}
