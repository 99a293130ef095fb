import { Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import type { JobQueue } from './job-queues.js'
import { JobReports } from './job-reports.js'
import { jobOptions } from './queued-job.js'
import { QueueConfig } from './queue.config.js'
import { tickId } from './ticks.js'
import { within } from './within.js'

/** Clocks of processes differ a little, and a tick may be on its way, milliseconds. */
const slackMs = 5_000
/** Jobs that are looked through at once for those that a wrong clock has put off. */
const pageSize = 500
const mostPages = 20

/** The schedules of this process's kinds of job, as the queue keeps them. Every process asks for the same ones. */
@Injectable()
export class Schedules {
  constructor(
    private readonly config: QueueConfig,
    private readonly reports: JobReports,
    private readonly signals: Signals,
  ) {}

  /** One for each kind, under its own name. A kind without one may have had one. */
  async ask(queues: readonly JobQueue[]): Promise<void> {
    for (const one of queues) await this.inTime(one.everyMs === undefined ? one.queue.removeJobScheduler(one.job.jobName) : this.begin(one))
  }

  /**
   * Begins those anew that the queue has lost, and those whose next tick lies ahead of `nowMs`, the database's time, by more than an interval: a process whose clock was
   * ahead for a moment has put it there, and nothing would happen until then. What it has put off beside them is due as well.
   */
  async mend(queues: readonly JobQueue[], nowMs: number, clockWasWrong: boolean): Promise<void> {
    const ahead = await Promise.all(queues.filter(({ everyMs }) => everyMs !== undefined).map((one) => this.mendOne(one, nowMs)))
    if (!clockWasWrong && !ahead.includes(true)) return
    for (const one of queues) await this.bringForward(one, nowMs)
  }

  private async mendOne(one: JobQueue, nowMs: number): Promise<boolean> {
    const { queue, everyMs, job } = one
    const kept = await this.inTime(queue.getJobScheduler(job.jobName))
    const nextMs = kept?.next
    const isAhead = nextMs !== undefined && nextMs > nowMs + everyMs! + slackMs
    if (isAhead) this.signals.emit('queue.schedule-ahead', { job: job.jobName, next: new Date(nextMs).toISOString() })
    else if (nextMs !== undefined && !(await this.isLost(one, nextMs, nowMs))) return false
    await this.inTime(queue.removeJobScheduler(job.jobName))
    await this.inTime(this.begin(one))
    return isAhead
  }

  private async isLost({ queue, job }: JobQueue, nextMs: number, nowMs: number): Promise<boolean> {
    if (nextMs > nowMs - slackMs) return false
    return (await this.inTime(queue.getJobState(tickId(job.jobName, nextMs)))) === 'unknown'
  }

  /** Jobs that were started in the future, and wait from there. */
  private async bringForward({ queue, job }: JobQueue, nowMs: number): Promise<void> {
    for (let page = 0; page < mostPages; page += 1) {
      const jobs = await this.inTime(queue.getDelayed(page * pageSize, (page + 1) * pageSize - 1))
      const putOff = jobs.filter(({ processedOn = 0 }) => processedOn > nowMs + slackMs)
      for (const one of putOff) {
        this.reports.broughtForward(job.jobName, one)
        await this.inTime(one.promote().catch(() => undefined))
      }
      if (jobs.length < pageSize) return
    }
  }

  private begin({ queue, job, everyMs }: JobQueue): Promise<unknown> {
    const template = { name: job.jobName, data: { payload: {} }, opts: jobOptions(job, this.config) }
    return queue.upsertJobScheduler(job.jobName, { every: everyMs! }, template)
  }

  private inTime<T>(work: Promise<T>): Promise<T> {
    return within(this.config.timeoutMs, work, 'queue')
  }
}
