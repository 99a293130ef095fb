import { CurrentCall, runCall, system } from '@kilomega/ports'
import { Injectable, type Type } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import { DelayedError, type Job } from 'bullmq'
import { Company } from './company.js'
import { EndedJobs } from './ended-jobs.js'
import type { JobDefinition } from './job.js'
import { JobReports } from './job-reports.js'
import type { QueuedJob } from './queued-job.js'
import type { JobRun, Runner } from './runs.js'
import { tickOf, Ticks } from './ticks.js'
import { isOfNewerVersion, isSuspect, onRecord, payloadOf } from './start-job.js'

type JobMethod = (payload: unknown, run: JobRun) => Promise<void>

/** A kind of job, and the class that does it. */
export interface Work {
  runner: Runner
  worker: Type
}

/** For a worker of the version that knows it; milliseconds. */
const parkedForMs = 60_000

/** Does jobs: each as a call of the system, with a deadline, and noted in the ledger when it has ended. */
@Injectable()
export class JobRunner {
  constructor(
    private readonly modules: ModuleRef,
    private readonly reports: JobReports,
    private readonly company: Company,
    private readonly ended: EndedJobs,
    private readonly ticks: Ticks,
  ) {}

  /** Resolves when the job is done; rejects where this start of it failed. */
  async start(work: Work, job: Job<QueuedJob>, token: string | undefined): Promise<void> {
    const { job: definition } = work.runner
    if (job.data.canary) return this.ended.done(definition, job.id!)
    if (isOfNewerVersion(job, definition)) return this.park(definition, job, token)
    const payload = payloadOf(job, definition, Date.now())
    const alone = isSuspect(job)
    const tickMs = tickOf(job.id!)
    const once = (run: JobRun): Promise<void> => this.run(work, job, { payload, run })
    const run = (): Promise<void> =>
      tickMs === undefined
        ? once(runOf(job))
        : this.ticks.run(work.runner, tickMs, (one) => once({ ...runOf(job), id: `${definition.jobName}:${one}`, tickMs: one }))
    await this.company.with(alone, () => (alone ? onRecord(job, run) : run()))
    this.ended.done(definition, job.id!)
  }

  failed(definition: JobDefinition, job: Job | undefined, error: Error): void {
    const final = job === undefined || job.finishedOn !== undefined
    if (final && job !== undefined) this.ended.dead(definition, job.id!, error.message)
    this.reports.failed(definition.jobName, { job, final }, error)
  }

  private async run({ runner, worker }: Work, job: Job<QueuedJob>, { payload, run }: { payload: unknown; run: JobRun }): Promise<void> {
    const { job: definition, method } = runner
    const startedMs = performance.now()
    const instance = this.modules.get<Record<string, JobMethod>>(worker, { strict: false })
    let outcome: 'done' | 'failed' = 'failed'
    try {
      await runCall(callOf(job, run.id, startedMs + definition.timeoutMs), () => instance[method]!(payload, run))
      outcome = 'done'
    } finally {
      this.reports.ended(definition.jobName, startedMs, outcome)
    }
  }

  private async park({ jobName }: JobDefinition, job: Job<QueuedJob>, token: string | undefined): Promise<never> {
    this.reports.parked(jobName, job)
    await job.moveToDelayed(Date.now() + parkedForMs, token)
    throw new DelayedError()
  }
}

const callOf = ({ id, data }: Job<QueuedJob>, key: string, deadlineMs: number): CurrentCall =>
  new CurrentCall({ actor: system, trace: { requestId: data.requestId ?? `job-${id}` }, key, deadlineMs })

const runOf = ({ id, attemptsMade, opts, data }: Job<QueuedJob>): JobRun => {
  const attempt = attemptsMade + 1
  return { id: id!, attempt, lastAttempt: attempt >= (opts.attempts ?? 1), ...(data.freshness && { freshness: data.freshness }) }
}
