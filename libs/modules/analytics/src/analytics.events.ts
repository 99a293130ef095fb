import { AccountDeleted, deletedAccountSettlesMs } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { Hears } from '@kilomega/messaging'
import type { DomainEvent, PayloadOf } from '@kilomega/ports'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { RemoveEventsOfAccount } from './remove-events-of-account.js'

@Injectable()
export class AnalyticsEvents {
  constructor(private readonly jobs: Jobs) {}

  /** At once, and again later for events that were being recorded in the meantime. */
  @Hears(AccountDeleted, { batch: 100 })
  async removeEvents(events: DomainEvent<PayloadOf<typeof AccountDeleted>>[], transaction: Transaction): Promise<void> {
    const jobs = events.flatMap(({ payload }) => [
      RemoveEventsOfAccount(payload),
      RemoveEventsOfAccount(payload, { delayMs: deletedAccountSettlesMs }),
    ])
    await this.jobs.add(transaction, ...jobs)
  }
}
