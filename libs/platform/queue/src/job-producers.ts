import { Relay } from '@kilomega/messaging'
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { JobGauges } from './job-gauges.js'
import { type JobQueue, JobQueues } from './job-queues.js'
import { jobSubscription } from './job-subscription.js'
import { jobOptions } from './queued-job.js'
import { QueueConfig } from './queue.config.js'
import { QueueWatch } from './queue-watch.js'
import { within } from './within.js'

/** Connects the outboxes of this process's modules with the queues of their jobs, and keeps their schedules. Waits for no store. */
@Injectable()
export class JobProducers implements OnApplicationBootstrap {
  constructor(
    private readonly queues: JobQueues,
    private readonly relay: Relay,
    private readonly watch: QueueWatch,
    private readonly gauges: JobGauges,
    private readonly config: QueueConfig,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const queues = this.queues.open()
    for (const { job, queue } of queues) await this.relay.subscribe(jobSubscription(job, queue, this.config))
    const modules = [...new Set(queues.map(({ job }) => job.module))]
    this.gauges.show(queues, modules)
    this.watch.start({ modules, whenThere: () => this.schedule(queues) })
  }

  /** One schedule for each kind, under its own name: every process asks for the same one. */
  private async schedule(queues: readonly JobQueue[]): Promise<void> {
    for (const { job, everyMs, queue } of queues) {
      if (everyMs === undefined) continue
      const template = { name: job.jobName, data: { payload: {} }, opts: jobOptions(job) }
      await within(this.config.timeoutMs, queue.upsertJobScheduler(job.jobName, { every: everyMs }, template), 'queue')
    }
  }
}
