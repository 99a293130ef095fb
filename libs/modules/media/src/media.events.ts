import { AccountDeleted, deletedAccountSettlesMs, PostChanged, PostPublished, PostRemoved } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { Hears } from '@kilomega/messaging'
import type { DomainEvent, PayloadOf } from '@kilomega/ports'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { notePosts } from './note-posts.js'
import { RemoveMediaOfAccount } from './remove-media-of-account.js'

type Published = PayloadOf<typeof PostPublished>
type Removed = PayloadOf<typeof PostRemoved>

/** Keeps track of the pictures that published posts show, and removes those of deleted accounts. */
@Injectable()
export class MediaEvents {
  constructor(private readonly jobs: Jobs) {}

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

  /** At once, and again later for pictures that were being uploaded in the meantime. */
  @Hears(AccountDeleted, { batch: 100 })
  async removeMedia(events: DomainEvent<PayloadOf<typeof AccountDeleted>>[], transaction: Transaction): Promise<void> {
    const jobs = events.flatMap(({ payload }) => [RemoveMediaOfAccount(payload), RemoveMediaOfAccount(payload, { delayMs: deletedAccountSettlesMs })])
    await this.jobs.add(transaction, ...jobs)
  }
}
