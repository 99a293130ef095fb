import { DatabaseModule } from '@kilomega/database'
import { Module } from '@nestjs/common'
import { ContentService } from './content.service.js'

@Module({ imports: [DatabaseModule.forSchema('content')], providers: [ContentService] })
export class ContentModule {}
