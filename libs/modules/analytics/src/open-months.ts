import { analyticsErrors, type TrackedEvent } from '@kilomega/contracts'
import { Database, DatabaseClock, type Queryable } from '@kilomega/database'
import type { AppError } from '@kilomega/ports'
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { monthAfter } from './utc-calendar.js'

const monthsBack = 1
const monthsAhead = 3
/** Visitors' clocks may be wrong, but no event is from tomorrow. */
const maxAheadMs = 24 * 60 * 60 * 1_000
/** Ids in the details of an error. */
const maxIdsNamed = 20

/** By hand, because TypeORM knows neither functions nor partitions. */
const create = `SELECT analytics.create_partitions($1::date, $2::date) AS created`
const partitions = `
  SELECT child.relname AS name FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
  WHERE inhparent = 'analytics.event'::regclass ORDER BY 1`

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
      const [oldest] = await readMonths(transaction)
      this.openFrom = `${oldest}T00:00:00.000Z`
      return row!.created
    })
  }

  /** The first days of all months that have a partition, oldest first. */
  list(): Promise<string[]> {
    return this.database.read(readMonths)
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

async function readMonths(queryable: Queryable): Promise<string[]> {
  return (await queryable.query<{ name: string }>(partitions)).map(({ name }) => firstDay(name))
}

/** `event_2026_11` starts on `2026-11-01`. */
function firstDay(partition: string): string {
  const [, year, month] = partition.split('_')
  return `${year}-${month}-01`
}
