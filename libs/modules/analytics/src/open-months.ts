import { analyticsErrors, type TrackedEvent } from '@kilomega/contracts'
import { Database, DatabaseClock } from '@kilomega/database'
import type { AppError } from '@kilomega/ports'
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { monthAfter } from './utc-calendar.js'

const monthsBack = 1
const monthsAhead = 3
/** Visitors' clocks may be wrong, but no event is from tomorrow. */
const maxAheadMs = 24 * 60 * 60 * 1_000
/** Ids in the details of an error. */
const maxIdsNamed = 20

const create = `SELECT analytics.create_partitions($1::date, $2::date) AS created`
const first = `
  SELECT min(child.relname) AS name FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
  WHERE inhparent = 'analytics.event'::regclass`

/** The months for which events are accepted: from the oldest partition to one day from now, by the time of the database. */
@Injectable()
export class OpenMonths implements OnApplicationBootstrap {
  private openFrom = ''

  constructor(
    private readonly database: Database,
    private readonly clock: DatabaseClock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.prepare()
  }

  /** Creates the missing months, from the last one to three ahead, and returns how many it created. */
  async prepare(): Promise<number> {
    const now = this.clock.now()
    return this.database.write(async (transaction) => {
      const [row] = await transaction.query<{ created: number }>(create, [monthAfter(now, -monthsBack), monthAfter(now, monthsAhead)])
      const [oldest] = await transaction.query<{ name: string }>(first)
      this.openFrom = firstInstant(oldest!.name)
      return row!.created
    })
  }

  /** Throws `EVENT_TIME_OUT_OF_RANGE` if an event is outside the open months. */
  check(events: readonly TrackedEvent[]): void {
    const until = this.openUntil()
    const outside = events.filter(({ occurredAt }) => occurredAt < this.openFrom || occurredAt > until)
    if (outside.length > 0) throw this.outOfRange(outside.map(({ id }) => id))
  }

  outOfRange(ids: readonly string[], cause?: unknown): AppError {
    return analyticsErrors.EVENT_TIME_OUT_OF_RANGE({ ids: ids.slice(0, maxIdsNamed), from: this.openFrom, to: this.openUntil() }, cause)
  }

  private openUntil(): string {
    return new Date(this.clock.now().getTime() + maxAheadMs).toISOString()
  }
}

/** `event_2026_11` starts at `2026-11-01T00:00:00.000Z`. */
function firstInstant(partition: string): string {
  const [, year, month] = partition.split('_')
  return `${year}-${month}-01T00:00:00.000Z`
}
