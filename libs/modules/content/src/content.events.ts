import { AccountDeleted, deletedAccountSettlesMs } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { Hears } from '@kilomega/messaging'
import type { DomainEvent, PayloadOf } from '@kilomega/ports'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { RemovePostsOfAccount } from './remove-posts-of-account-job.js'

@Injectable()
export class ContentEvents {
  constructor(private readonly jobs: Jobs) {}

  /** At once, and again later for posts that were being written in the meantime. */
  @Hears(AccountDeleted, { batch: 100 })
  async removePosts(events: DomainEvent<PayloadOf<typeof AccountDeleted>>[], transaction: Transaction): Promise<void> {
    const jobs = events.flatMap(({ payload }) => [RemovePostsOfAccount(payload), RemovePostsOfAccount(payload, { delayMs: deletedAccountSettlesMs })])
    await this.jobs.add(transaction, ...jobs)
  }
}
