import { Id } from '@kilomega/contracts'
import { Database, removeInBatches } from '@kilomega/database'
import { job, Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import type { Repository } from 'typeorm'
import { z } from 'zod'
import { OpenMonths } from './open-months.js'
import { Event } from './tables/event.entity.js'
import { daysOf, intervalMs } from './utc-calendar.js'
import { accountVisitor } from './visitors.js'

const Day = z.iso.date()

/** `from` is the first day (UTC) to process; if omitted, the oldest. */
export const RemoveEventsOfAccount = job('analytics.remove-events-of-account', z.object({ accountId: Id, from: Day.optional() }), {
  timeoutMs: 300_000,
})

/** Events in one statement. */
const batch = 5_000
/** Events of one visitor and day; for more than this, another job continues with the same day. */
const mostOfDay = 100_000
/** Days in one run: a month, whose events are read once. Another job does the rest, so that other accounts get their turn. */
const daysInRun = 31

const onDay = 'occurred_at >= :start AND occurred_at < :end'

/** Removes the events of a deleted account. Daily counts stay, because they identify nobody. */
@Injectable()
export class AccountEventRemoval {
  constructor(
    @InjectRepository(Event) private readonly events: Repository<Event>,
    private readonly database: Database,
    private readonly months: OpenMonths,
    private readonly jobs: Jobs,
  ) {}

  async remove(accountId: string, from: string | undefined): Promise<void> {
    const next = await this.daysFrom(from)
    for (const day of next.slice(0, daysInRun)) {
      if (!(await this.removeOfDay(accountId, day))) return this.continueLater(accountId, day)
    }
    if (next.length > daysInRun) await this.continueLater(accountId, next[daysInRun]!)
  }

  /** The days that have a partition. */
  private async daysFrom(from = ''): Promise<string[]> {
    return (await this.months.list()).flatMap(daysOf).filter((day) => day >= from)
  }

  /** Returns whether none is left. */
  private async removeOfDay(accountId: string, day: string): Promise<boolean> {
    const some = (limit: number) => this.database.write(() => this.removeSome(accountVisitor(accountId), day, limit))
    return (await removeInBatches({ batch, most: mostOfDay, remove: some })).done
  }

  /** There is no index by visitor, because it would make every insert more expensive. Going day by day keeps each read small, by the BRIN index on time. */
  private async removeSome(visitor: string, day: string, limit: number): Promise<number> {
    const startMs = Date.parse(day)
    const range = { start: new Date(startMs), end: new Date(startMs + intervalMs.day) }
    const some = this.events
      .createQueryBuilder('tracked')
      .select(['tracked.id', 'tracked.occurredAt'])
      .where(onDay)
      .andWhere('visitor = :visitor')
      .limit(limit)
    const removal = this.events
      .createQueryBuilder()
      .delete()
      .where(onDay)
      .andWhere('(id, occurred_at) IN (' + some.getQuery() + ')')
    return (await removal.setParameters({ visitor, ...range }).execute()).affected ?? 0
  }

  private async continueLater(accountId: string, from: string): Promise<void> {
    await this.database.write((transaction) => this.jobs.add(transaction, RemoveEventsOfAccount({ accountId, from })))
  }
}
