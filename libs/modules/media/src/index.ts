import { MediaPort } from '@kilomega/contracts'
import { implement } from '@kilomega/messaging'
import { MediaConfig } from './media.config.js'
import { MediaEvents } from './media.events.js'
import { MediaJobs } from './media.jobs.js'
import { MediaModule } from './media.module.js'
import { MediaService } from './media.service.js'
import { createMedia } from './tables/migrations/202611240100-create-media.js'
import { indexUnfinishedOfOwner } from './tables/migrations/202611290100-index-unfinished-of-owner.js'
import { indexMediaOfOwner } from './tables/migrations/202611291320-index-media-of-owner.js'
import { Media } from './tables/media.entity.js'
import { PublishedPost } from './tables/published-post.entity.js'

export const implementation = implement(MediaPort, {
  module: MediaModule,
  service: MediaService,
  config: [MediaConfig],
  entities: [Media, PublishedPost],
  migrations: [createMedia, indexUnfinishedOfOwner, indexMediaOfOwner],
  hears: [MediaEvents],
  jobs: [MediaJobs],
})
