import { DatabaseModule } from '@kilomega/database'
import { Module } from '@nestjs/common'
import { AnalyticsEvents } from './analytics.events.js'
import { AnalyticsJobs } from './analytics.jobs.js'
import { AnalyticsService } from './analytics.service.js'
import { EventWriter } from './event-writer.js'
import { OpenMonths } from './open-months.js'
import { AccountEventRemoval } from './remove-events-of-account.js'

@Module({
  imports: [DatabaseModule.forSchema('analytics')],
  providers: [AnalyticsService, AnalyticsEvents, AnalyticsJobs, AccountEventRemoval, EventWriter, OpenMonths],
})
export class AnalyticsModule {}
