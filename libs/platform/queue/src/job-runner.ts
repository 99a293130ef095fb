import { AppError } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import type { Job } from 'bullmq'
import { EndedJobs } from './ended-jobs.js'
import type { JobDefinition } from './job.js'
import { JobCalls, type Work } from './job-calls.js'
import { JobReports } from './job-reports.js'
import type { KindPause } from './kind-pause.js'
import { PutBack, putBack } from './put-back.js'
import type { QueuedJob } from './queued-job.js'
import { ForgottenJob, isOfNewerVersion, isSuspect, KillerJob, runRecorded } from './start-job.js'
import { SuspectLane } from './suspect-lane.js'

/** How long a job waits for a worker of a newer version, in milliseconds. */
const parkedForMs = 60_000
/** How long a suspect waits while another one runs in this process, in milliseconds. */
const suspectWaitsMs = 1_000

/** How a worker runs a job. */
export interface Run {
  work: Work
  pause: KindPause
  token: string | undefined
}

/** Starts jobs and decides their outcome: done and recorded in the ledger, failed, or put back because the start does not count. */
@Injectable()
export class JobRunner {
  constructor(
    private readonly calls: JobCalls,
    private readonly reports: JobReports,
    private readonly suspects: SuspectLane,
    private readonly ended: EndedJobs,
  ) {}

  /** Resolves when the job is done. Rejects if this start failed or does not count. */
  async start(job: Job<QueuedJob>, { work, pause, token }: Run): Promise<void> {
    const definition = work.handler.job
    try {
      await this.admit(work, job)
    } catch (error) {
      if (error instanceof KillerJob) await this.ended.deadAtOnce(definition, job.id!, reasonOf(error))
      const uncounted = this.uncounted(definition, pause, error)
      if (uncounted === undefined) throw error
      return putBack(job, token, uncounted)
    }
    if (!job.data.canary) pause.end()
    this.ended.done(definition, job.id!)
  }

  failed(definition: JobDefinition, job: Job | undefined, error: Error): void {
    const final = job === undefined || job.finishedOn !== undefined
    if (final && job !== undefined) {
      if (error instanceof ForgottenJob) return this.forgotten(definition, job.id!)
      this.ended.dead(definition, job.id!, reasonOf(error))
    }
    this.reports.failed(definition.jobName, { job, final }, error)
  }

  private async admit(work: Work, job: Job<QueuedJob>): Promise<void> {
    const definition = work.handler.job
    if (job.data.payload === undefined) throw new ForgottenJob('the store of the queue has lost the data of this job')
    if (isOfNewerVersion(job, definition)) {
      this.reports.parked(definition.jobName, job)
      throw new PutBack('its version is newer than this worker', parkedForMs)
    }
    const call = (): Promise<void> => this.calls.call(work, job)
    if (!isSuspect(job)) return call()
    const admission = await this.suspects.enter()
    if (admission === 'later') throw new PutBack('another suspect is running', suspectWaitsMs)
    if (admission === 'beside') return call()
    try {
      await runRecorded(job, call)
    } finally {
      this.suspects.leave()
    }
  }

  /** An unavailable dependency is not the job's fault. It is unavailable for all jobs of this kind, so the kind is paused. */
  private uncounted({ jobName }: JobDefinition, pause: KindPause, error: unknown): PutBack | undefined {
    if (error instanceof PutBack) return error
    if (!(error instanceof AppError) || error.kind !== 'unavailable') return undefined
    const { waitMs, isFirst } = pause.start()
    if (isFirst) this.reports.paused(jobName, waitMs, error)
    return new PutBack(error.message, waitMs)
  }

  /** The ledger still has the job, so it is published again. */
  private forgotten(definition: JobDefinition, id: string): void {
    this.reports.forgotten(definition.jobName, id)
    this.ended.forgotten(definition, id)
  }
}

/** Starts with the code, if there is one: dead letters are selected by it. */
const reasonOf = (error: Error): string => (error instanceof AppError ? `${error.code}: ${error.message}` : error.message)
