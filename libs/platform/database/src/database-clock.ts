import { Clock } from '@kilomega/ports'
import type { Database } from './database.js'

const ask = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs"'

/** In milliseconds. An answer that took longer is too imprecise. */
const usableWithinMs = 1_000

/**
 * The time shared by all processes: the time of the database. Expiry and the claims of access tokens are judged by it. Between two readings the monotonic
 * clock of this process carries it forward, so changes of the machine's own clock do not affect it. In a statement write `now()`.
 */
export abstract class DatabaseClock extends Clock {}

/** Read at the start of a process and at intervals after that. While the database is down it runs on by itself. */
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

  /** Rejects if the database does not answer. The first answer is used however long it took. */
  async anchor(): Promise<void> {
    const askedMs = performance.now()
    const [row] = await this.database.read((queryable) => queryable.query<{ nowMs: number }>(ask))
    const answeredMs = performance.now()
    if (answeredMs - askedMs > usableWithinMs && !Number.isNaN(this.aheadOfMonotonicMs)) return
    this.aheadOfMonotonicMs = row!.nowMs - (askedMs + answeredMs) / 2
  }
}
