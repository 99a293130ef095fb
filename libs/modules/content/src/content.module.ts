import { DatabaseModule } from '@kilomega/database'
import { Module } from '@nestjs/common'
import { ContentEvents } from './content.events.js'
import { ContentJobs } from './content.jobs.js'
import { ContentService } from './content.service.js'
import { PublishedPosts } from './published-posts.js'
import { Post } from './tables/post.entity.js'
import { PostTag } from './tables/post-tag.entity.js'

@Module({ imports: [DatabaseModule.forSchema('content', [Post, PostTag])], providers: [ContentService, PublishedPosts, ContentEvents, ContentJobs] })
export class ContentModule {}
