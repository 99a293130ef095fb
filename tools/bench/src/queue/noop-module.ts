import { DatabaseModule } from '@kilomega/database'
import { implement } from '@kilomega/messaging'
import { port, query } from '@kilomega/ports'
import { job, Runs } from '@kilomega/queue'
import { Injectable, Module } from '@nestjs/common'
import { z } from 'zod'

/** Enough to keep a worker busy whose jobs wait for other systems. */
export const jobsAtOnce = 10

export abstract class NoopPort extends port('noop', { size: query({ input: z.object({}), output: z.number(), timeoutMs: 1_000 }) }) {}

export const Noop = job('noop.do-nothing', z.object({ ship: z.number() }))

/** Called at each start. */
export const noop = { started: (): void => undefined }

@Injectable()
class NoopJobs {
  @Runs(Noop, { concurrency: jobsAtOnce })
  async doNothing(): Promise<void> {
    noop.started()
  }
}

@Injectable()
class NoopService implements NoopPort {
  async size(): Promise<number> {
    return jobsAtOnce
  }
}

@Module({ imports: [DatabaseModule.forSchema('noop')], providers: [NoopService, NoopJobs] })
class NoopModule {}

export const implementation = implement(NoopPort, { module: NoopModule, service: NoopService, jobs: [NoopJobs], migrations: [] })
