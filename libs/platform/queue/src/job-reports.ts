import { type Counter, type Histogram, Metrics, Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import type { Job } from 'bullmq'

/** What becomes known of the jobs of this process. */
@Injectable()
export class JobReports {
  private readonly durations: Histogram
  private readonly deaths: Counter

  constructor(
    metrics: Metrics,
    private readonly signals: Signals,
  ) {
    this.durations = metrics.histogram('queue_job_duration_ms', 'Jobs by kind and outcome', ['job', 'outcome'])
    this.deaths = metrics.counter('queue_dead_jobs_total', 'Jobs that failed too often', ['job'])
  }

  ended(job: string, startedMs: number, outcome: 'done' | 'failed'): void {
    this.durations.observe(performance.now() - startedMs, job, outcome)
  }

  failed(name: string, job: Job | undefined, error: Error): void {
    const final = job === undefined || job.finishedOn !== undefined
    if (final) this.deaths.add(1, name)
    this.signals.emit(final ? 'queue.job-gave-up' : 'queue.job-failed', { job: name, jobId: job?.id, attempt: job?.attemptsMade }, error)
  }

  stalled(job: string, jobId: string): void {
    this.signals.emit('queue.job-stalled', { job, jobId })
  }

  workerFailed(job: string, error: Error): void {
    this.signals.emit('queue.worker-failed', { job }, error)
  }
}
