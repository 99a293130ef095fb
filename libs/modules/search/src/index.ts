import { SearchPort } from '@kilomega/contracts'
import { implement } from '@kilomega/messaging'
import { SearchConfig } from './search.config.js'
import { SearchEvents } from './search.events.js'
import { SearchJobs } from './search.jobs.js'
import { SearchModule } from './search.module.js'
import { SearchService } from './search.service.js'
import { findExtensions } from './tables/migrations/202611240050-find-extensions.js'
import { createSearchIndex } from './tables/migrations/202611240100-create-search-index.js'
import { Document } from './tables/document.entity.js'
import { LexiconWord } from './tables/lexicon.entity.js'
import { LexiconChange } from './tables/lexicon-change.entity.js'

export const implementation = implement(SearchPort, {
  module: SearchModule,
  service: SearchService,
  config: [SearchConfig],
  entities: [Document, LexiconWord, LexiconChange],
  migrations: [findExtensions, createSearchIndex],
  hears: [SearchEvents],
  jobs: [SearchJobs],
})
