import { DatabaseModule } from '@kilomega/database'
import { Module } from '@nestjs/common'
import { ContentEvents } from './content.events.js'
import { ContentJobs } from './content.jobs.js'
import { ContentService } from './content.service.js'

@Module({ imports: [DatabaseModule.forSchema('content')], providers: [ContentService, ContentEvents, ContentJobs] })
export class ContentModule {}
