import type { Transaction } from '@kilomega/database'
import { PostgresOutbox } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import type { NewJob } from './job.js'
import { Jobs } from './jobs.js'

/** The name of a job in the outbox, which also holds events. */
export const outboxName = (jobName: string): string => `job:${jobName}`

/** Jobs go through the outbox, as events do: a queue cannot take part in our transactions, but the outbox can. */
@Injectable()
export class OutboxJobs extends Jobs {
  constructor(private readonly outbox: PostgresOutbox) {
    super()
  }

  async add(transaction: Transaction, ...jobs: NewJob[]): Promise<void> {
    for (const { definition } of jobs) {
      if (definition.module !== transaction.schema) throw new Error(`${definition.jobName} cannot be added by module ${transaction.schema}`)
    }
    const entries = jobs.map(({ definition, payload, delayMs, priority }) => ({
      name: outboxName(definition.jobName),
      payload: { payload, delayMs, version: definition.version, ...(priority > 0 && { priority }) },
      delayMs,
    }))
    await this.outbox.addJobs(transaction, entries)
  }
}
