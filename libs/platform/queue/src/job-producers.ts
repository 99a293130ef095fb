import { LocalModules, Relay } from '@kilomega/messaging'
import { Metrics } from '@kilomega/observability'
import { getQueueToken } from '@nestjs/bullmq'
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import type { Queue } from 'bullmq'
import { JobReports } from './job-reports.js'
import { jobOptions, jobSubscription } from './job-subscription.js'
import { type Runner, runnersOf } from './runs.js'

/** Connects the outboxes of this process's modules with the queues of their jobs, and keeps their schedules. */
@Injectable()
export class JobProducers implements OnApplicationBootstrap {
  constructor(
    private readonly local: LocalModules,
    private readonly relay: Relay,
    private readonly modules: ModuleRef,
    private readonly metrics: Metrics,
    private readonly reports: JobReports,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const queues: Queue[] = []
    for (const runner of this.local.implementations.flatMap(({ jobs }) => jobs.flatMap(runnersOf))) {
      const queue = this.modules.get<Queue>(getQueueToken(runner.job.jobName), { strict: false })
      queue.on('error', (error) => this.reports.workerFailed(runner.job.jobName, error))
      queues.push(queue)
      await schedule(runner, queue)
      await this.relay.subscribe(jobSubscription(runner.job, queue))
    }
    this.metrics.gauge('queue_waiting_jobs', 'Jobs that wait for a worker, over all kinds', async () =>
      total(queues, 'wait', 'prioritized', 'delayed'),
    )
    this.metrics.gauge('queue_dead_jobs', 'Jobs that failed too often and wait for a decision', async () => total(queues, 'failed'))
  }
}

/** One schedule for each kind, under its own name: every process asks for the same one. */
async function schedule({ job, everyMs }: Runner, queue: Queue): Promise<void> {
  if (everyMs === undefined) return
  await queue.upsertJobScheduler(job.jobName, { every: everyMs }, { name: job.jobName, data: { payload: {} }, opts: jobOptions(job) })
}

async function total(queues: readonly Queue[], ...states: Parameters<Queue['getJobCountByTypes']>): Promise<number> {
  const counts = await Promise.all(queues.map((queue) => queue.getJobCountByTypes(...states)))
  return counts.reduce((sum, count) => sum + count, 0)
}
