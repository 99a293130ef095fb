import type { Implementation } from '@kilomega/messaging'
import { BullModule } from '@nestjs/bullmq'
import { type DynamicModule, Module, type Type } from '@nestjs/common'
import { createPostgresBackend, setDefaultBackendFactory } from 'bullmq'
import { jobHost } from './job-host.js'
import { JobReports } from './job-reports.js'
import { JobProducers } from './job-producers.js'
import { Jobs } from './jobs.js'
import { OutboxJobs } from './outbox-jobs.js'
import { QueueConfig } from './queue.config.js'
import { QueuePool } from './queue-pool.js'
import { runnersOf } from './runs.js'

@Module({ providers: [QueuePool], exports: [QueuePool] })
class QueuePoolModule {}

/** Jobs of the modules in this process: asked for through outboxes, done here unless `QUEUE_WORKERS` is off. */
@Module({})
export class QueueModule {
  static readonly config = [QueueConfig]

  static forProcess(implementations: readonly Implementation[], config: QueueConfig): DynamicModule {
    setDefaultBackendFactory(createPostgresBackend)
    const runners = implementations.flatMap(({ jobs }) => jobs.flatMap((worker) => runnersOf(worker).map((runner) => ({ runner, worker }))))
    const hosts = config.workers ? runners.map(({ runner, worker }) => jobHost(runner, worker as Type, config.lockMs)) : []
    return {
      module: QueueModule,
      global: true,
      imports: [connection(hosts.length), BullModule.registerQueue(...runners.map(({ runner }) => ({ name: runner.job.jobName })))],
      providers: [{ provide: Jobs, useClass: OutboxJobs }, JobProducers, JobReports, ...hosts],
      exports: [Jobs],
    }
  }
}

const connection = (workers: number): DynamicModule =>
  BullModule.forRootAsync({
    imports: [QueuePoolModule],
    inject: [QueuePool],
    useFactory: (queuePool: QueuePool) => {
      queuePool.reserve(workers)
      return { connection: queuePool.pool }
    },
  })
