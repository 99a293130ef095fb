import { Databases } from '@kilomega/database'
import { inSchema } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import type { JobHandler } from './runs.js'

/** A recorded tick that is ahead of the database's clock comes from a process whose clock was wrong, and was not done. */
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

/** The most missed ticks that are caught up at once. */
const maxMissed = 1_000
/** The id that BullMQ gives to a job that a schedule creates: `repeat:<schedule>:<milliseconds>`. */
const idOfTick = /^repeat:.+:(\d+)$/

export const tickId = (jobName: string, tickMs: number): string => `repeat:${jobName}:${tickMs}`

/** The tick of a job, in milliseconds since 1970; undefined if the job was not created by a schedule. */
export function tickOf(jobId: string): number | undefined {
  const [, text] = idOfTick.exec(jobId) ?? []
  return text === undefined ? undefined : Number(text)
}

/**
 * Records which ticks of schedules were done, in the ledger of their module: the queue forgets them, and creates none while no process is running. A tick is recorded when
 * it is done, so a tick whose process died is done again, under the same id. The clock of the database decides which tick is due.
 */
@Injectable()
export class Ticks {
  constructor(private readonly databases: Databases) {}

  /** Does the current tick if it was not done before, and the missed ticks that its schedule catches up on, the oldest first. */
  async run({ job, everyMs = 0, catchUp }: JobHandler, tickMs: number, work: (tickMs: number) => Promise<void>): Promise<void> {
    const database = this.databases.of(job.module)
    const [ledger] = await database.read((queryable) =>
      queryable.query<{ nowMs: number; lastMs: number | null }>(inSchema(read, job.module), [job.jobName, everyMs]),
    )
    const { nowMs, lastMs } = ledger!
    const currentMs = everyMs === 0 ? tickMs : notAhead(tickMs, nowMs, everyMs)
    const due = lastMs === null || everyMs === 0 || catchUp === 'latest' ? [currentMs] : missed(lastMs, currentMs, everyMs)
    for (const one of due) {
      if (lastMs !== null && one <= lastMs) continue
      await work(one)
      await database.write((transaction) => transaction.query(inSchema(write, job.module), [job.jobName, everyMs, one]))
    }
  }
}

/** The tick that is due now, if a process whose clock is ahead has created a later one. Ticks are one interval apart, so the due tick is at most half an interval ahead. */
export function notAhead(tickMs: number, nowMs: number, everyMs: number): number {
  const aheadMs = tickMs - (nowMs + everyMs / 2)
  return aheadMs <= 0 ? tickMs : tickMs - Math.ceil(aheadMs / everyMs) * everyMs
}

/** Counted back from the current tick, because a changed interval has other ticks. Ticks less than half an interval apart count as the same. */
function missed(lastMs: number, tickMs: number, everyMs: number): number[] {
  const count = Math.min(maxMissed, Math.round((tickMs - lastMs) / everyMs))
  return Array.from({ length: Math.max(1, count) }, (_, index) => tickMs - (Math.max(1, count) - 1 - index) * everyMs)
}
