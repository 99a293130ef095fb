import { ContentPort } from '@kilomega/contracts'
import { implement } from '@kilomega/messaging'
import { ContentEvents } from './content.events.js'
import { ContentJobs } from './content.jobs.js'
import { ContentModule } from './content.module.js'
import { ContentService } from './content.service.js'
import { createPosts } from './tables/migrations/202611240100-create-posts.js'
import { indexRemovedOfAuthor } from './tables/migrations/202611291310-index-removed-of-author.js'
import { Post } from './tables/post.entity.js'
import { PostTag } from './tables/post-tag.entity.js'

export const implementation = implement(ContentPort, {
  module: ContentModule,
  service: ContentService,
  entities: [Post, PostTag],
  migrations: [createPosts, indexRemovedOfAuthor],
  hears: [ContentEvents],
  jobs: [ContentJobs],
})
