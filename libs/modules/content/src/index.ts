import { ContentPort } from '@kilomega/contracts'
import { implement } from '@kilomega/messaging'
import { ContentModule } from './content.module.js'
import { ContentService } from './content.service.js'
import { createPosts } from './tables/migrations/202611240100-create-posts.js'

export const implementation = implement(ContentPort, { module: ContentModule, service: ContentService, migrations: [createPosts] })
