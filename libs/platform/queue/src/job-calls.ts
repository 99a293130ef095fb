import { Databases, unwrapped } from '@kilomega/database'
import { type Cancellation, CurrentCall, originOf, runCall, system } from '@kilomega/ports'
import { Injectable, type Type } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import type { Job } from 'bullmq'
import { databaseNowMs } from './database-clock.js'
import { JobReports } from './job-reports.js'
import type { QueuedJob } from './queued-job.js'
import { RunningJobs } from './running-jobs.js'
import type { JobRun, JobHandler } from './runs.js'
import { payloadOf } from './start-job.js'
import { tickOf, Ticks } from './ticks.js'

type JobMethod = (payload: unknown, run: JobRun) => Promise<void>

/** A kind of job and the class that does it. */
export interface Work {
  handler: JobHandler
  worker: Type
}

/** Calls the methods that do jobs: each as a call of the system, with a deadline. */
@Injectable()
export class JobCalls {
  constructor(
    private readonly modules: ModuleRef,
    private readonly reports: JobReports,
    private readonly running: RunningJobs,
    private readonly ticks: Ticks,
    private readonly databases: Databases,
  ) {}

  /** A scheduled job may stand for several ticks, which are separate calls. A canary ends here. */
  async call(work: Work, job: Job<QueuedJob>): Promise<void> {
    if (job.data.canary) return
    const payload = payloadOf(job, work.handler.job, await this.nowMs(work, job))
    const tickMs = tickOf(job.id!)
    const once = (run: JobRun): Promise<void> => this.once(work, job, { payload, run })
    if (tickMs === undefined) return once(runOf(job))
    const { jobName } = work.handler.job
    await this.ticks.run(work.handler, tickMs, (one) => once({ ...runOf(job), id: `${jobName}:${one}`, tickMs: one }))
  }

  /** A clock that is ahead for a moment must not make a dead letter: if a job seems to have expired, the database's time decides. */
  private async nowMs({ handler }: Work, { data }: Job<QueuedJob>): Promise<number> {
    const nowMs = Date.now()
    return (data.expiresAtMs ?? Infinity) < nowMs ? databaseNowMs(this.databases.of(handler.job.module)) : nowMs
  }

  private async once({ handler, worker }: Work, { id, data }: Job<QueuedJob>, { payload, run }: { payload: unknown; run: JobRun }): Promise<void> {
    const { job: definition, method } = handler
    const startedMs = performance.now()
    const deadlineMs = startedMs + definition.timeoutMs
    const instance = this.modules.get<Record<string, JobMethod>>(worker, { strict: false })
    const trace = { requestId: data.requestId ?? `job-${id}` }
    const origin = originOf('job ' + definition.jobName)
    const callOf = (cancellation: Cancellation): CurrentCall =>
      new CurrentCall({ actor: system, trace, key: run.id, deadlineMs, origin, cancellation })
    let outcome: 'done' | 'failed' = 'failed'
    try {
      await this.running.run(deadlineMs, (cancellation) => runCall(callOf(cancellation), async () => instance[method]!(payload, run)))
      outcome = 'done'
    } catch (error) {
      throw unwrapped(error)
    } finally {
      this.reports.ended(definition.jobName, startedMs, outcome)
    }
  }
}

const runOf = ({ id, attemptsMade, opts, data }: Job<QueuedJob>): JobRun => {
  const attempt = attemptsMade + 1
  return { id: id!, attempt, lastAttempt: attempt >= (opts.attempts ?? 1), ...(data.freshness && { freshness: data.freshness }) }
}
