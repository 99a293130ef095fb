import { Relay } from '@kilomega/messaging'
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { EndedJobs } from './ended-jobs.js'
import { JobQueues } from './job-queues.js'
import { jobPublication } from './job-publication.js'
import { QueueConfig } from './queue.config.js'
import { QueueWatch } from './queue-watch.js'

/** Connects the outboxes of this process's modules to the queues of their jobs. Does not wait for the store. */
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
    this.watch.start(queues)
  }
}
