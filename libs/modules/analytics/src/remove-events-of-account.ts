import { Id } from '@kilomega/contracts'
import { Database, removeInBatches } from '@kilomega/database'
import { job, Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { z } from 'zod'
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

/** The next days that have a partition. */
const selectDays = `
  WITH month AS (
    SELECT to_date(child.relname, '"event_"YYYY_MM') AS first FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = 'analytics.event'::regclass
  )
  SELECT day::date::text AS day FROM month, generate_series(first::timestamp, first + interval '1 month' - interval '1 day', interval '1 day') AS day
  WHERE day >= coalesce($1::date, '-infinity') ORDER BY day LIMIT $2`

/** There is no index by visitor, because it would make every insert more expensive. Going day by day keeps each read small, by the BRIN index on time. */
const remove = `
  DELETE FROM analytics.event
  WHERE occurred_at >= $2::timestamp AT TIME ZONE 'UTC' AND occurred_at < ($2::timestamp + interval '1 day') AT TIME ZONE 'UTC'
    AND (id, occurred_at) IN (
      SELECT id, occurred_at FROM analytics.event
      WHERE occurred_at >= $2::timestamp AT TIME ZONE 'UTC' AND occurred_at < ($2::timestamp + interval '1 day') AT TIME ZONE 'UTC' AND visitor = $1
      LIMIT $3)
  RETURNING 1`

/** Removes the events of a deleted account. Daily counts stay, because they identify nobody. */
@Injectable()
export class AccountEventRemoval {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  async remove(accountId: string, from: string | undefined): Promise<void> {
    const next = await this.database.read((queryable) => queryable.query<{ day: string }>(selectDays, [from ?? null, daysInRun + 1]))
    for (const { day } of next.slice(0, daysInRun)) {
      if (!(await this.removeOfDay(accountId, day))) return this.continueLater(accountId, day)
    }
    if (next.length > daysInRun) await this.continueLater(accountId, next.at(-1)!.day)
  }

  /** Returns whether none is left. */
  private async removeOfDay(accountId: string, day: string): Promise<boolean> {
    const some = async (limit: number) =>
      (await this.database.write((transaction) => transaction.query(remove, [accountVisitor(accountId), day, limit]))).length
    return (await removeInBatches({ batch, most: mostOfDay, remove: some })).done
  }

  private async continueLater(accountId: string, from: string): Promise<void> {
    await this.database.write((transaction) => this.jobs.add(transaction, RemoveEventsOfAccount({ accountId, from })))
  }
}
