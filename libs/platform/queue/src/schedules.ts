import { Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import type { JobQueue } from './job-queues.js'
import { JobReports } from './job-reports.js'
import { jobOptions } from './queued-job.js'
import { QueueConfig } from './queue.config.js'
import { tickId } from './ticks.js'
import { within } from './within.js'

/** Allowed lateness of a tick, in milliseconds: clocks of processes differ a little, and the tick may be in progress. */
const slackMs = 5_000
/** Jobs that are searched at once for those that a wrong clock has postponed. */
const pageSize = 500
const mostPages = 20

/** The schedules of this process's kinds of job, which the queue stores. Every process sets the same ones. */
@Injectable()
export class Schedules {
  constructor(
    private readonly config: QueueConfig,
    private readonly reports: JobReports,
    private readonly signals: Signals,
  ) {}

  /** Sets the schedule of each kind, under its name. A kind without a schedule may have had one before, which is removed. */
  async set(queues: readonly JobQueue[]): Promise<void> {
    for (const one of queues) await this.within(one.everyMs === undefined ? one.queue.removeJobScheduler(one.job.jobName) : this.start(one))
  }

  /**
   * Restarts schedules that the queue has lost, and those whose next tick is more than an interval ahead of `nowMs`, the database's time: a process whose clock was
   * ahead for a moment has set that tick, and nothing would run until then. Other jobs that it has postponed become due as well.
   */
  async repair(queues: readonly JobQueue[], nowMs: number, clockWasWrong: boolean): Promise<void> {
    const ahead = await Promise.all(queues.filter(({ everyMs }) => everyMs !== undefined).map((one) => this.repairOne(one, nowMs)))
    if (!clockWasWrong && !ahead.includes(true)) return
    for (const one of queues) await this.bringForward(one, nowMs)
  }

  private async repairOne(one: JobQueue, nowMs: number): Promise<boolean> {
    const { queue, everyMs, job } = one
    const stored = await this.within(queue.getJobScheduler(job.jobName))
    const nextMs = stored?.next
    const isAhead = nextMs !== undefined && nextMs > nowMs + everyMs! + slackMs
    if (isAhead) this.signals.emit('queue.schedule-ahead', { job: job.jobName, next: new Date(nextMs).toISOString() })
    else if (nextMs !== undefined && !(await this.isLost(one, nextMs, nowMs))) return false
    await this.within(queue.removeJobScheduler(job.jobName))
    await this.within(this.start(one))
    return isAhead
  }

  private async isLost({ queue, job }: JobQueue, nextMs: number, nowMs: number): Promise<boolean> {
    if (nextMs > nowMs - slackMs) return false
    return (await this.within(queue.getJobState(tickId(job.jobName, nextMs)))) === 'unknown'
  }

  /** Finds jobs that were started at a time in the future, and whose wait counts from there. */
  private async bringForward({ queue, job }: JobQueue, nowMs: number): Promise<void> {
    for (let page = 0; page < mostPages; page += 1) {
      const jobs = await this.within(queue.getDelayed(page * pageSize, (page + 1) * pageSize - 1))
      const postponed = jobs.filter(({ processedOn = 0 }) => processedOn > nowMs + slackMs)
      for (const one of postponed) {
        this.reports.broughtForward(job.jobName, one)
        await this.within(one.promote().catch(() => undefined))
      }
      if (jobs.length < pageSize) return
    }
  }

  private start({ queue, job, everyMs }: JobQueue): Promise<unknown> {
    const template = { name: job.jobName, data: { payload: {} }, opts: jobOptions(job, this.config) }
    return queue.upsertJobScheduler(job.jobName, { every: everyMs! }, template)
  }

  private within<T>(work: Promise<T>): Promise<T> {
    return within(this.config.timeoutMs, work, 'queue')
  }
}
