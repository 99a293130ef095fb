import { StopBudget } from '@kilomega/observability'
import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq'
import type { OnModuleDestroy, Type } from '@nestjs/common'
import type { BackoffStrategy, Job, WorkerOptions } from 'bullmq'
import { QueueBackend } from './backend/queue-backend.js'
import { workerConnection } from './backend/worker-connection.js'
import { closeWorker } from './close-worker.js'
import { JobReports } from './job-reports.js'
import { JobRunner } from './job-runner.js'
import type { QueuedJob } from './queued-job.js'
import type { QueueConfig } from './queue.config.js'
import type { JobHandler } from './runs.js'
import { KindPause } from './kind-pause.js'
import { retryWaitMs } from './retry-wait.js'
import { RunningJobs } from './running-jobs.js'

/** The part of the workers' share of the stop that jobs may use; the rest is for closing the worker. */
const jobsShare = 0.8
/** How long a worker waits after an error of the store before it tries again, in milliseconds. */
const retryAfterMs = 1_000
/** Finished jobs that a queue remembers: if one is published again before its delivery is deleted, the queue recognises its id. */
const rememberedJobs = 1_000
/** A job that failed permanently is a dead letter in the ledger, and is removed from the queue, so that it can be published again under its id. */
const forgotten = { count: 0 }
/** A stall is not a failure: however often workers die during a job, it is started again. Jobs that kill workers are found by other means (`SuspectLane`). */
const neverByStall = 2 ** 31 - 1

const workerOptions = ({ job, concurrency }: JobHandler, config: QueueConfig, stopping: AbortSignal): Partial<WorkerOptions> => {
  const { lockMs } = config
  const backoffStrategy: BackoffStrategy = (attemptsMade) => retryWaitMs(attemptsMade, job, config)
  return {
    concurrency,
    removeOnComplete: { count: rememberedJobs },
    removeOnFail: forgotten,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: neverByStall,
    runRetryDelay: retryAfterMs,
    settings: { backoffStrategy },
    ...workerConnection(config, stopping),
  }
}

/** Creates the BullMQ processor of one kind of job. */
export function jobHost(handler: JobHandler, worker: Type, config: QueueConfig): Type<WorkerHost> {
  const { job: definition } = handler
  const work = { handler, worker }
  const stopping = new AbortController()

  @Processor(definition.jobName, workerOptions(handler, config, stopping.signal) as WorkerOptions)
  class JobHost extends WorkerHost implements OnModuleDestroy {
    private ownPause: KindPause | undefined

    constructor(
      private readonly jobs: JobRunner,
      private readonly running: RunningJobs,
      private readonly reports: JobReports,
      private readonly stopBudget: StopBudget,
      private readonly backend: QueueBackend,
    ) {
      super()
    }

    override process(job: Job<QueuedJob>, token?: string): Promise<void> {
      return this.jobs.start(job, { work, pause: this.pause, token })
    }

    @OnWorkerEvent('failed')
    reportFailure(job: Job | undefined, error: Error): void {
      this.jobs.failed(definition, job, error)
    }

    @OnWorkerEvent('stalled')
    reportStall(jobId: string): void {
      this.reports.stalled(definition.jobName, jobId)
    }

    @OnWorkerEvent('lockRenewalFailed')
    reportLostLocks(jobIds: string[]): void {
      this.reports.locksLost(definition.jobName, jobIds)
    }

    @OnWorkerEvent('error')
    reportError(error: Error): void {
      if (this.worker.closing === undefined) this.reports.workerFailed(definition.jobName, error)
    }

    /** Takes no new jobs, and waits until the running ones have ended or are put back. Pools are closed after this. */
    async onModuleDestroy(): Promise<void> {
      this.ownPause?.close()
      const share = this.stopBudget.share('workers')
      stopping.abort()
      const closed = closeWorker(this.worker, this.backend)
      await this.running.stop(share.leftMs * jobsShare)
      await share.within(definition.jobName, closed)
    }

    /** Created late, because the worker exists only once the module is initialised. */
    private get pause(): KindPause {
      return (this.ownPause ??= new KindPause(this.worker, config))
    }
  }
  return JobHost
}
