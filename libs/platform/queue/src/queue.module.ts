import { DatabaseConfig } from '@kilomega/database'
import type { Implementation } from '@kilomega/messaging'
import { Signals } from '@kilomega/observability'
import { BullModule } from '@nestjs/bullmq'
import { type DynamicModule, Injectable, Module, type OnApplicationShutdown, type Type } from '@nestjs/common'
import { createPostgresBackend, setDefaultBackendFactory } from 'bullmq'
import { makeBackend } from './backend/make-backend.js'
import { QueueBackend } from './backend/queue-backend.js'
import { EndedJobs } from './ended-jobs.js'
import { jobHost } from './job-host.js'
import { JobCalls } from './job-calls.js'
import { JobGauges } from './job-gauges.js'
import { JobProducers } from './job-producers.js'
import { JobQueues } from './job-queues.js'
import { JobReports } from './job-reports.js'
import { JobRunner } from './job-runner.js'
import { Jobs } from './jobs.js'
import { QueueOperations } from './queue-operations.js'
import { OutboxJobs } from './outbox-jobs.js'
import { QueueConfig } from './queue.config.js'
import { QueueInspection } from './queue-inspection.js'
import { QueueWatch } from './queue-watch.js'
import { RunningJobs } from './running-jobs.js'
import { handlersOf } from './runs.js'
import { Schedules } from './schedules.js'
import { SuspectLane } from './suspect-lane.js'
import { Ticks } from './ticks.js'

@Injectable()
class BackendLife implements OnApplicationShutdown {
  constructor(private readonly backend: QueueBackend) {}

  async onApplicationShutdown(): Promise<void> {
    await this.backend.close()
  }
}

const backend = { provide: QueueBackend, useFactory: makeBackend, inject: [QueueConfig, DatabaseConfig, Signals] }

@Module({ providers: [backend, BackendLife], exports: [QueueBackend] })
class QueueBackendModule {}

const parts = [
  ...[EndedJobs, JobCalls, JobGauges, JobProducers, JobQueues, JobReports, JobRunner, QueueOperations],
  ...[QueueInspection, QueueWatch, RunningJobs, Schedules, SuspectLane, Ticks],
]

/** Jobs of the modules in this process. They are added through outboxes, and done here unless `QUEUE_WORKERS` is off. */
@Module({})
export class QueueModule {
  static readonly config = [QueueConfig]

  static forProcess(implementations: readonly Implementation[], config: QueueConfig): DynamicModule {
    setDefaultBackendFactory(config.backend === 'postgres' ? createPostgresBackend : undefined)
    const handlers = implementations.flatMap(({ jobs }) => jobs.flatMap((worker) => handlersOf(worker).map((handler) => ({ handler, worker }))))
    const hosts = config.workers ? handlers.map(({ handler, worker }) => jobHost(handler, worker as Type, config)) : []
    return {
      module: QueueModule,
      global: true,
      imports: [
        QueueBackendModule,
        connection(hosts.length),
        BullModule.registerQueue(...handlers.map(({ handler }) => ({ name: handler.job.jobName }))),
      ],
      providers: [{ provide: Jobs, useClass: OutboxJobs }, ...parts, ...hosts],
      exports: [Jobs, QueueOperations, QueueBackendModule],
    }
  }
}

const connection = (workers: number): DynamicModule =>
  BullModule.forRootAsync({
    imports: [QueueBackendModule],
    inject: [QueueBackend],
    useFactory: (queueBackend: QueueBackend) => {
      queueBackend.reserve(workers)
      return queueBackend.options
    },
  })
