import { type Database, Databases } from '@kilomega/database'
import { LocalModules } from '@kilomega/messaging'
import { getQueueToken } from '@nestjs/bullmq'
import { Injectable } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import type { Queue } from 'bullmq'
import { JobGauges } from './job-gauges.js'
import { JobReports } from './job-reports.js'
import { type JobHandler, handlersOf } from './runs.js'

/** A kind of job of a module in this process, the queue in which its jobs wait, and the database whose outbox requests them. */
export type JobQueue = JobHandler & { queue: Queue; database: Database }

/** The queues of this process's modules. */
@Injectable()
export class JobQueues {
  constructor(
    private readonly local: LocalModules,
    private readonly modules: ModuleRef,
    private readonly databases: Databases,
    private readonly reports: JobReports,
    private readonly gauges: JobGauges,
  ) {}

  /** Call this once: the gauges and the errors of the queues are reported from then on. */
  open(): JobQueue[] {
    const queues = this.local.implementations.flatMap(({ jobs }) => jobs.flatMap(handlersOf)).map((handler) => this.withQueue(handler))
    this.gauges.show(queues)
    return queues
  }

  private withQueue(handler: JobHandler): JobQueue {
    const { jobName, module } = handler.job
    const queue = this.modules.get<Queue>(getQueueToken(jobName), { strict: false })
    queue.on('error', (error) => this.reports.workerFailed(jobName, error))
    return { ...handler, queue, database: this.databases.of(module) }
  }
}
