import { Clock } from '@kilomega/ports'
import type { Database } from './database.js'

const ask = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs"'

/** An answer that took longer says too little about now, milliseconds. */
const readableWithinMs = 1_000

/**
 * The time that all processes have in common: the database's, by which whatever expires does, and what an access token says is judged. Between two
 * looks at it the monotonic clock of this process moves it on, so that no change of the machine's own clock shows in it. In a statement write `now()`.
 */
export abstract class DatabaseClock extends Clock {}

/** Asked at the start of a process and every so often; while the database is away it runs on by itself. */
export class AnchoredClock extends DatabaseClock {
  private aheadOfMonotonicMs = NaN

  constructor(private readonly database: Database) {
    super()
  }

  now(): Date {
    return new Date(this.nowMs())
  }

  override nowMs(): number {
    return this.aheadOfMonotonicMs + performance.now()
  }

  /** Rejects where the database gives no answer. The first answer is taken however long it took. */
  async anchor(): Promise<void> {
    const askedMs = performance.now()
    const [row] = await this.database.read((queryable) => queryable.query<{ nowMs: number }>(ask))
    const answeredMs = performance.now()
    if (answeredMs - askedMs > readableWithinMs && !Number.isNaN(this.aheadOfMonotonicMs)) return
    this.aheadOfMonotonicMs = row!.nowMs - (askedMs + answeredMs) / 2
  }
}
