import { Database, removeInBatches } from '@kilomega/database'
import { Outbox } from '@kilomega/messaging'
import { Jobs, Runs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { RemovePostsOfAccount } from './remove-posts-of-account-job.js'
import { removePostsOfAccount } from './remove-posts-of-account.js'

/** Posts in one transaction: each published one is an event, and subscribers handle 200 at once. */
const batch = 200
/** Posts in one run, about 5 s; another job does the rest, so that other accounts get their turn. */
const mostInRun = 10_000

@Injectable()
export class ContentJobs {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly jobs: Jobs,
  ) {}

  @Runs(RemovePostsOfAccount)
  async removePostsOfAccount({ accountId }: { accountId: string }): Promise<void> {
    const remove = (limit: number) => this.database.write((transaction) => removePostsOfAccount(transaction, this.outbox, accountId, limit))
    const { done } = await removeInBatches({ batch, most: mostInRun, remove })
    if (!done) await this.database.write((transaction) => this.jobs.add(transaction, RemovePostsOfAccount({ accountId })))
  }
}
