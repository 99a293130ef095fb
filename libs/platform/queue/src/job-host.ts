import { backoffMs } from '@kilomega/messaging'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq'
import type { OnModuleDestroy, Type } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import type { BackoffStrategy, Job } from 'bullmq'
import { JobReports } from './job-reports.js'
import type { QueuedJob } from './job-subscription.js'
import type { JobRun, Runner } from './runs.js'

type JobMethod = (payload: unknown, run: JobRun) => Promise<void>

/** Starts of a job whose worker died under it, before it is a dead letter. */
const maxStalledStarts = 3

/** Makes the BullMQ processor of one kind of job: it parses the payload and runs the `@Runs` method as a call of the system, with a deadline. */
export function jobHost({ job: definition, method, concurrency }: Runner, worker: Type, lockMs: number): Type<WorkerHost> {
  const backoffStrategy: BackoffStrategy = (attempt) => backoffMs(attempt, definition.backoffMs)
  const options = { concurrency, lockDuration: lockMs, stalledInterval: lockMs, maxStalledCount: maxStalledStarts, settings: { backoffStrategy } }

  @Processor(definition.jobName, options)
  class JobHost extends WorkerHost implements OnModuleDestroy {
    constructor(
      private readonly modules: ModuleRef,
      private readonly reports: JobReports,
    ) {
      super()
    }

    override async process(job: Job<QueuedJob>): Promise<void> {
      const startedMs = performance.now()
      const payload = definition.schema.parse(job.data.payload)
      const instance = this.modules.get<Record<string, JobMethod>>(worker, { strict: false })
      let outcome: 'done' | 'failed' = 'failed'
      try {
        await runCall(callOf(job, startedMs + definition.timeoutMs), () => instance[method]!(payload, runOf(job)))
        outcome = 'done'
      } finally {
        this.reports.ended(definition.jobName, startedMs, outcome)
      }
    }

    @OnWorkerEvent('failed')
    tellFailure(job: Job | undefined, error: Error): void {
      this.reports.failed(definition.jobName, job, error)
    }

    @OnWorkerEvent('stalled')
    tellStall(jobId: string): void {
      this.reports.stalled(definition.jobName, jobId)
    }

    @OnWorkerEvent('error')
    tellError(error: Error): void {
      if (this.worker.closing === undefined) this.reports.workerFailed(definition.jobName, error)
    }

    /** Waits for the jobs at work, and takes no new ones. Pools are closed after this, in `onApplicationShutdown`. */
    async onModuleDestroy(): Promise<void> {
      await this.worker.close()
    }
  }
  return JobHost
}

const callOf = ({ id, data }: Job<QueuedJob>, deadlineMs: number): CurrentCall =>
  new CurrentCall({ actor: system, trace: { requestId: data.requestId ?? `job-${id}` }, key: id!, deadlineMs })

const runOf = ({ id, attemptsMade, opts }: Job): JobRun => {
  const attempt = attemptsMade + 1
  return { id: id!, attempt, lastAttempt: attempt >= (opts.attempts ?? 1) }
}
