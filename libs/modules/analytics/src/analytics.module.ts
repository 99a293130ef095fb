import { DatabaseModule } from '@kilomega/database'
import { Module } from '@nestjs/common'
import { AnalyticsJobs } from './analytics.jobs.js'
import { AnalyticsService } from './analytics.service.js'
import { EventWriter } from './event-writer.js'
import { OpenMonths } from './open-months.js'

@Module({
  imports: [DatabaseModule.forSchema('analytics')],
  providers: [AnalyticsService, AnalyticsJobs, EventWriter, OpenMonths],
})
export class AnalyticsModule {}
