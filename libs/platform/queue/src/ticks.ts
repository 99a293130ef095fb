import { Databases } from '@kilomega/database'
import { inSchema } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import type { JobHandler } from './runs.js'

/** A tick that lies ahead of the database's clock was noted by a process whose own was wrong, and was not done. */
const isReal = `last_tick <= clock_timestamp() + $2 * interval '1 ms'`

const read =
  `
  SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs",
    (SELECT (extract(epoch FROM last_tick) * 1000)::float8 FROM {schema}.schedule WHERE name = $1 AND ` +
  isReal +
  `) AS "lastMs"`

const write =
  `
  INSERT INTO {schema}.schedule (name, last_tick) VALUES ($1, to_timestamp($3::float8 / 1000))
  ON CONFLICT (name) DO UPDATE SET last_tick = CASE WHEN schedule.` +
  isReal +
  ` THEN greatest(schedule.last_tick, excluded.last_tick) ELSE excluded.last_tick END`

/** Ticks that are made up for at once, at most. */
const maxMissed = 1_000
/** The id that BullMQ gives to a job that a schedule makes: `repeat:<schedule>:<milliseconds>`. */
const idOfTick = /^repeat:.+:(\d+)$/

export const tickId = (jobName: string, tickMs: number): string => `repeat:${jobName}:${tickMs}`

/** The tick that a job is, milliseconds since 1970; nothing where no schedule made it. */
export function tickOf(jobId: string): number | undefined {
  const [, text] = idOfTick.exec(jobId) ?? []
  return text === undefined ? undefined : Number(text)
}

/**
 * Which ticks of schedules were done, in the ledger of their module: the queue forgets them, and makes none while nobody is there. A tick is noted when it is
 * done, so one whose process died is done again, under the same id. Which tick it is time for, the clock of the database decides.
 */
@Injectable()
export class Ticks {
  constructor(private readonly databases: Databases) {}

  /** Does the tick at hand, where it was not done before, and what its schedule wants of those that were missed, the oldest first. */
  async run({ job, everyMs = 0, catchUp }: JobHandler, tickMs: number, work: (tickMs: number) => Promise<void>): Promise<void> {
    const database = this.databases.of(job.module)
    const [ledger] = await database.read((queryable) =>
      queryable.query<{ nowMs: number; lastMs: number | null }>(inSchema(read, job.module), [job.jobName, everyMs]),
    )
    const { nowMs, lastMs } = ledger!
    const atHandMs = everyMs === 0 ? tickMs : notAhead(tickMs, nowMs, everyMs)
    const due = lastMs === null || everyMs === 0 || catchUp === 'latest' ? [atHandMs] : missed(lastMs, atHandMs, everyMs)
    for (const one of due) {
      if (lastMs !== null && one <= lastMs) continue
      await work(one)
      await database.write((transaction) => transaction.query(inSchema(write, job.module), [job.jobName, everyMs, one]))
    }
  }
}

/** The tick for which it is time where a process whose clock is ahead asks for a later one: they are an interval apart, and half of one decides which it is. */
export function notAhead(tickMs: number, nowMs: number, everyMs: number): number {
  const aheadMs = tickMs - (nowMs + everyMs / 2)
  return aheadMs <= 0 ? tickMs : tickMs - Math.ceil(aheadMs / everyMs) * everyMs
}

/** Counted back from the one at hand, because a changed interval has other ticks. Half an interval decides which of two are the same. */
function missed(lastMs: number, tickMs: number, everyMs: number): number[] {
  const count = Math.min(maxMissed, Math.round((tickMs - lastMs) / everyMs))
  return Array.from({ length: Math.max(1, count) }, (_, index) => tickMs - (Math.max(1, count) - 1 - index) * everyMs)
}
