import type { Transaction } from '@kilomega/database'
import { PostgresOutbox } from '@kilomega/messaging'
import { Jobs, type NewJob } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'

/** Writes jobs to the outbox as usual, and keeps them until a test runs them. */
@Injectable()
export class HeldJobs extends Jobs {
  readonly held: NewJob[] = []

  constructor(private readonly outbox: PostgresOutbox) {
    super()
  }

  async add(transaction: Transaction, ...jobs: NewJob[]): Promise<void> {
    const entries = jobs.map(({ definition, payload }) => ({ name: `job:${definition.jobName}`, payload }))
    await this.outbox.addJobs(transaction, entries)
    transaction.afterCommit(() => this.held.push(...jobs))
  }
}
