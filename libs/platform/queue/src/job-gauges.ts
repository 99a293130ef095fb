import { Databases } from '@kilomega/database'
import { Metrics } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import { countDead } from './job-ledger.js'
import type { JobQueue } from './job-queues.js'
import { QueueConfig } from './queue.config.js'
import { within } from './within.js'

/** How many jobs wait in the queues of this process, and how many were given up. */
@Injectable()
export class JobGauges {
  constructor(
    private readonly metrics: Metrics,
    private readonly databases: Databases,
    private readonly config: QueueConfig,
  ) {}

  show(queues: readonly JobQueue[]): void {
    const modules = [...new Set(queues.map(({ job }) => job.module))]
    this.metrics.gauge('queue_waiting_jobs', 'Jobs that wait for a worker, over all kinds', async () =>
      sum(await Promise.all(queues.map((one) => this.waiting(one)))),
    )
    this.metrics.gauge('queue_dead_jobs', 'Jobs that failed too often and wait for a decision', async () =>
      sum(await Promise.all(modules.map((module) => countDead(this.databases.of(module))))),
    )
  }

  private waiting({ queue }: JobQueue): Promise<number> {
    return within(this.config.timeoutMs, queue.getJobCountByTypes('wait', 'prioritized', 'delayed'), 'queue')
  }
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
