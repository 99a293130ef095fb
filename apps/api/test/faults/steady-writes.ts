import { setTimeout as wait } from 'node:timers/promises'
import type { Pool } from 'pg'

const insert = 'INSERT INTO harbour.ship (name, log) VALUES ($1, $2)'
const insertWithSlug = 'INSERT INTO harbour.ship (name, log, slug) VALUES ($1, $2, lower($1))'
const update = 'UPDATE harbour.ship SET log = $1 WHERE id = $2'
const log = 'Fair wind, nothing to report. '.repeat(5)

/** Writes at a steady rate, whether or not the ones before have been answered: half of them new ships, half changes of any ship. */
export class SteadyWrites {
  readonly tookMs: number[] = []
  readonly errors: unknown[] = []
  /** Set by the release that knows the new column. */
  knowsSlug = false
  private isOver = false
  private readonly open = new Set<Promise<void>>()
  private readonly running: Promise<void>

  constructor(
    private readonly pool: Pool,
    private readonly rows: number,
    perSecond: number,
  ) {
    this.running = this.run(1_000 / perSecond)
  }

  /** Resolves once the last write was answered. */
  async stop(): Promise<void> {
    this.isOver = true
    await this.running
    await Promise.all(this.open)
  }

  private async run(everyMs: number): Promise<void> {
    const beganMs = performance.now()
    for (let number = 0; !this.isOver; number += 1) {
      const dueMs = beganMs + number * everyMs
      await wait(Math.max(0, dueMs - performance.now()))
      const writing = this.write(number, dueMs).finally(() => this.open.delete(writing))
      this.open.add(writing)
    }
  }

  /** From when it was due, so that a pause of everything counts. */
  private async write(number: number, dueMs: number): Promise<void> {
    try {
      if (number % 2 === 0) await this.pool.query(this.knowsSlug ? insertWithSlug : insert, [`Ship ${number}`, log])
      else await this.pool.query(update, [log, 1 + Math.floor(Math.random() * this.rows)])
      this.tookMs.push(performance.now() - dueMs)
    } catch (error) {
      this.errors.push(error)
    }
  }
}
