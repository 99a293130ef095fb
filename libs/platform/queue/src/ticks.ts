import { Databases } from '@kilomega/database'
import { inSchema } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import type { Runner } from './runs.js'

const read = `SELECT (extract(epoch FROM last_tick) * 1000)::float8 AS "lastMs" FROM {schema}.schedule WHERE name = $1`
const write = `
  INSERT INTO {schema}.schedule (name, last_tick) VALUES ($1, to_timestamp($2::float8 / 1000))
  ON CONFLICT (name) DO UPDATE SET last_tick = greatest(schedule.last_tick, excluded.last_tick)`

/** Ticks that are made up for at once, at most. */
const maxMissed = 1_000
/** The id that BullMQ gives to a job that a schedule makes: `repeat:<schedule>:<milliseconds>`. */
const idOfTick = /^repeat:.+:(\d+)$/

/** The tick that a job is, milliseconds since 1970; nothing where no schedule made it. */
export function tickOf(jobId: string): number | undefined {
  const [, text] = idOfTick.exec(jobId) ?? []
  return text === undefined ? undefined : Number(text)
}

/**
 * Which ticks of schedules were done, in the ledger of their module: the queue forgets them, and makes none while nobody is there. A tick is noted when it is
 * done, so one whose process died is done again, under the same id.
 */
@Injectable()
export class Ticks {
  constructor(private readonly databases: Databases) {}

  /** Does the tick at hand, where it was not done before, and what its schedule wants of those that were missed, the oldest first. */
  async run({ job, everyMs, catchUp }: Runner, tickMs: number, work: (tickMs: number) => Promise<void>): Promise<void> {
    const lastMs = await this.last(job)
    const due = lastMs === undefined || everyMs === undefined || catchUp === 'latest' ? [tickMs] : missed(lastMs, tickMs, everyMs)
    for (const one of due) {
      if (lastMs !== undefined && one <= lastMs) continue
      await work(one)
      await this.databases.of(job.module).write((transaction) => transaction.query(inSchema(write, job.module), [job.jobName, one]))
    }
  }

  private async last({ jobName, module }: Runner['job']): Promise<number | undefined> {
    const rows = await this.databases.of(module).read((queryable) => queryable.query<{ lastMs: number }>(inSchema(read, module), [jobName]))
    return rows[0]?.lastMs
  }
}

/** Counted back from the one at hand, because a changed interval has other ticks. Half an interval decides which of two are the same. */
function missed(lastMs: number, tickMs: number, everyMs: number): number[] {
  const count = Math.min(maxMissed, Math.round((tickMs - lastMs) / everyMs))
  return Array.from({ length: Math.max(1, count) }, (_, index) => tickMs - (Math.max(1, count) - 1 - index) * everyMs)
}
