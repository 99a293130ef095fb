import type { Fleet } from './fleet.js'

const pollMs = 50
const running = `
  SELECT extract(epoch FROM clock_timestamp() - query_start)::float8 * 1000 AS "ageMs", query
  FROM pg_stat_activity
  WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
  ORDER BY query_start LIMIT 1`

interface Running {
  ageMs: number
  query: string
}

/** Watches the age of a fleet's running statements, as Postgres reports it. */
export class OldStatements {
  private oldest: Running = { ageMs: 0, query: 'none' }
  private looks = 0
  private over = false
  private readonly watching: Promise<void>

  constructor(private readonly fleet: Fleet) {
    this.watching = this.watch()
  }

  /** Stops watching; returns the statement with the greatest age and the number of looks. */
  async stop(): Promise<{ oldest: Running; looks: number }> {
    this.over = true
    await this.watching
    return { oldest: this.oldest, looks: this.looks }
  }

  private async watch(): Promise<void> {
    while (!this.over) {
      const [oldest] = await this.fleet.rows<Running>(running)
      if (oldest !== undefined && oldest.ageMs > this.oldest.ageMs) this.oldest = oldest
      this.looks += 1
      await new Promise((resolve) => setTimeout(resolve, pollMs))
    }
  }
}
