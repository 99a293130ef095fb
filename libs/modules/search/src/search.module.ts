import { DatabaseModule } from '@kilomega/database'
import { Module } from '@nestjs/common'
import { PostgresLexicon } from './drivers/lexicon.postgres.js'
import { PostgresSearchIndex } from './drivers/search-index.postgres.js'
import { SearchIndex } from './drivers/search-index.js'
import { SearchEvents } from './search.events.js'
import { SearchJobs } from './search.jobs.js'
import { SearchService } from './search.service.js'

@Module({
  imports: [DatabaseModule.forSchema('search')],
  providers: [SearchService, SearchEvents, SearchJobs, PostgresLexicon, { provide: SearchIndex, useClass: PostgresSearchIndex }],
})
export class SearchModule {}
