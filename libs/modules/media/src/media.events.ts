import { PostChanged, PostPublished, PostRemoved } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { Hears } from '@kilomega/messaging'
import type { DomainEvent, PayloadOf } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { notePosts } from './note-posts.js'

type Published = PayloadOf<typeof PostPublished>
type Removed = PayloadOf<typeof PostRemoved>

/** Keeps track of the pictures that published posts show. */
@Injectable()
export class MediaEvents {
  /** A publication is the first event of a post, so one without pictures needs no row: an import adds none. */
  @Hears(PostPublished, { batch: 500 })
  async notePublished(events: DomainEvent<Published>[], transaction: Transaction): Promise<void> {
    const posts = events.map(({ payload }) => payload)
    await notePosts(
      transaction,
      posts.filter(({ mediaIds }) => mediaIds.length > 0),
    )
  }

  @Hears(PostChanged, { batch: 500 })
  async noteChanged(events: DomainEvent<Published>[], transaction: Transaction): Promise<void> {
    await notePosts(
      transaction,
      events.map(({ payload }) => payload),
    )
  }

  @Hears(PostRemoved, { batch: 500 })
  async noteRemoved(events: DomainEvent<Removed>[], transaction: Transaction): Promise<void> {
    await notePosts(
      transaction,
      events.map(({ payload }) => ({ ...payload, mediaIds: [] })),
    )
  }
}
