import { Relay } from '@kilomega/messaging'
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { EndedJobs } from './ended-jobs.js'
import { type JobQueue, JobQueues } from './job-queues.js'
import { jobPublication } from './job-publication.js'
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
    private readonly ended: EndedJobs,
    private readonly config: QueueConfig,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const queues = this.queues.open()
    for (const { job, queue, database } of queues)
      this.relay.publish(jobPublication({ definition: job, queue, database, ended: this.ended }, this.config))
    const modules = [...new Set(queues.map(({ job }) => job.module))]
    this.watch.start({ modules, whenThere: () => this.schedule(queues) })
  }

  /** One schedule for each kind, under its own name: every process asks for the same one. A kind without one may have had one. */
  private async schedule(queues: readonly JobQueue[]): Promise<void> {
    const { timeoutMs } = this.config
    for (const { job, everyMs, queue } of queues) {
      const template = { name: job.jobName, data: { payload: {} }, opts: jobOptions(job, this.config) }
      const kept: Promise<unknown> =
        everyMs === undefined ? queue.removeJobScheduler(job.jobName) : queue.upsertJobScheduler(job.jobName, { every: everyMs }, template)
      await within(timeoutMs, kept, 'queue')
    }
  }
}
