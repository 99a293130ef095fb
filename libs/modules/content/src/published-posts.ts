import { isDeepStrictEqual } from 'node:util'
import { PostChanged, PostPublished, PostRemoved } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { Outbox } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Any, type Repository } from 'typeorm'
import { PostTag } from './tables/post-tag.entity.js'
import type { Post } from './tables/post.entity.js'

type Published = Post & { publishedAt: string }

const isPublished = (post: Post): post is Published => post.publishedAt !== null

/** What a change to a published post entails, in the same transaction: its place in the lists of its tags, and its domain event. */
@Injectable()
export class PublishedPosts {
  constructor(
    @InjectRepository(PostTag) private readonly tags: Repository<PostTag>,
    private readonly outbox: Outbox,
  ) {}

  async published(transaction: Transaction, post: Post): Promise<void> {
    if (!isPublished(post)) return
    await this.list(post)
    await this.announce(transaction, factsOf(post))
  }

  /** Of posts that their tags list already. */
  async announce(transaction: Transaction, ...posts: PublishedFacts[]): Promise<void> {
    await this.outbox.add(transaction, ...posts.map((facts) => PostPublished(facts)))
  }

  async changed(transaction: Transaction, before: Post, post: Post): Promise<void> {
    if (!isPublished(before) || !isPublished(post)) return
    if (!isDeepStrictEqual(before.tags, post.tags)) {
      await this.unlist(before)
      await this.list(post)
    }
    await this.outbox.add(transaction, PostChanged(factsOf(post)))
  }

  async removed(transaction: Transaction, post: Post): Promise<void> {
    if (!isPublished(post)) return
    await this.unlist(post)
    const { id, version, authorId, mediaIds } = post
    await this.outbox.add(transaction, PostRemoved({ id, version: version + 1, authorId, mediaIds }))
  }

  private async list({ id, tags, publishedAt }: Published): Promise<void> {
    await this.tags.insert(tags.map((tag) => ({ tag, publishedAt, id })))
  }

  private async unlist({ id, tags, publishedAt }: Published): Promise<void> {
    await this.tags.delete({ tag: Any(tags), publishedAt, id })
  }
}

/** What the domain events about a published post contain. */
export type PublishedFacts = ReturnType<typeof factsOf>

function factsOf({ id, version, authorId, title, body, category, tags, mediaIds, publishedAt }: Published) {
  return { id, version, authorId, title, body, category, tags, mediaIds, publishedAt }
}
