import { type Counter, type Histogram, Metrics, Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import type { Job } from 'bullmq'
import type { QueuedJob } from './queued-job.js'

/** Failures of a worker are reported at most this often, in milliseconds. */
const reportAgainMs = 10_000

/** Metrics and signals of the jobs of this process. */
@Injectable()
export class JobReports {
  private readonly durations: Histogram
  private readonly deaths: Counter
  private readonly reportedMs = new Map<string, number>()
  private readonly stalls: Counter

  constructor(
    metrics: Metrics,
    private readonly signals: Signals,
  ) {
    this.durations = metrics.histogram('queue_job_duration_ms', 'Jobs by kind and outcome', ['job', 'outcome'])
    this.deaths = metrics.counter('queue_dead_jobs_total', 'Jobs that failed too often', ['job'])
    this.stalls = metrics.counter('queue_job_stalls_total', 'Starts that a worker left or lost', ['job', 'how'])
  }

  ended(job: string, startedMs: number, outcome: 'done' | 'failed'): void {
    this.durations.observe(performance.now() - startedMs, job, outcome)
  }

  failed(name: string, { job, final }: { job: Job | undefined; final: boolean }, error: Error): void {
    if (final) this.deaths.add(1, name)
    this.signals.emit(final ? 'queue.job-gave-up' : 'queue.job-failed', { job: name, jobId: job?.id, attempt: job?.attemptsMade }, error)
  }

  parked(name: string, { id, data }: Job<QueuedJob>): void {
    this.signals.emit('queue.job-parked', { job: name, jobId: id, version: data.version })
  }

  forgotten(job: string, jobId: string): void {
    this.signals.emit('queue.job-forgotten', { job, jobId })
  }

  paused(job: string, waitMs: number, error: Error): void {
    this.signals.emit('queue.kind-paused', { job, waitMs }, error)
  }

  broughtForward(job: string, { id: jobId, processedOn = 0 }: Job): void {
    this.signals.emit('queue.job-brought-forward', { job, jobId, startedAt: new Date(processedOn).toISOString() })
  }

  locksLost(job: string, jobIds: readonly string[]): void {
    this.stalls.add(jobIds.length, job, 'lock-lost')
    for (const jobId of jobIds) this.signals.emit('queue.lock-lost', { job, jobId })
  }

  stalled(job: string, jobId: string): void {
    this.stalls.add(1, job, 'stalled')
    this.signals.emit('queue.job-stalled', { job, jobId })
  }

  /** While the store is down, each worker and queue gets an error several times a second. */
  workerFailed(job: string, error: Error): void {
    const nowMs = performance.now()
    if (nowMs - (this.reportedMs.get(job) ?? -Infinity) < reportAgainMs) return
    this.reportedMs.set(job, nowMs)
    this.signals.emit('queue.worker-failed', { job }, error)
  }
}
