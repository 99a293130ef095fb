import { Database, DatabaseModule, migration } from '@kilomega/database'
import { implement } from '@kilomega/messaging'
import { Health } from '@kilomega/observability'
import { command, currentCall, port, system } from '@kilomega/ports'
import { job, type JobRun, Jobs, Runs } from '@kilomega/queue'
import { eventually, openRedis, type TestRedis } from '@kilomega/testing'
import { getQueueToken } from '@nestjs/bullmq'
import { Injectable, Module } from '@nestjs/common'
import type { Queue } from 'bullmq'
import { z } from 'zod'
import { type OpenedPort, openPort } from '../src/open-port.js'

const Ship = z.object({ name: z.string() })
export const PaintShip = job('harbour.paint-ship', Ship, { attempts: 3, backoffMs: 1 })
const SaluteShip = job('harbour.salute-ship', Ship, { expiresAfterMs: 1, version: 2 })
const CountShips = job('harbour.count-ships', z.object({}))

abstract class HarbourPort extends port('harbour', {
  order: command({ input: z.object({ name: z.string(), thenFail: z.boolean() }), timeoutMs: 5_000 }),
  salute: command({ input: z.object({ name: z.string(), delayMs: z.number() }), timeoutMs: 5_000 }),
}) {}

@Injectable()
class HarbourService implements HarbourPort {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  order({ name, thenFail }: { name: string; thenFail: boolean }): Promise<void> {
    return this.database.write(async (transaction) => {
      await this.jobs.add(transaction, PaintShip({ name }))
      if (thenFail) throw new Error('no paint')
    })
  }

  salute({ name, delayMs }: { name: string; delayMs: number }): Promise<void> {
    return this.database.write((transaction) => this.jobs.add(transaction, SaluteShip({ name }, { delayMs })))
  }
}

const starts: { name: string; run: JobRun; actor: string; timeLeftMs: number }[] = []
/** Jobs called Held wait for this. */
let tide: Promise<void> = Promise.resolve()

@Injectable()
export class HarbourJobs {
  counted = 0

  @Runs(PaintShip, { concurrency: 2 })
  async paint({ name }: { name: string }, run: JobRun): Promise<void> {
    starts.push({ name, run, actor: currentCall().actor.kind, timeLeftMs: currentCall().timeLeftMs() })
    if (name === 'Held') await tide
    if (name === 'Cursed' || (name === 'Leaky' && run.attempt === 1)) throw new Error(`${name} will not be painted`)
  }

  @Runs(SaluteShip)
  async salute({ name }: { name: string }, run: JobRun): Promise<void> {
    starts.push({ name, run, actor: currentCall().actor.kind, timeLeftMs: 0 })
  }

  @Runs(CountShips, { everyMs: 200 })
  async count(): Promise<void> {
    this.counted += 1
  }
}

@Module({ imports: [DatabaseModule.forSchema('harbour')], providers: [HarbourService, HarbourJobs] })
class HarbourModule {}

const implementation = implement(HarbourPort, {
  module: HarbourModule,
  service: HarbourService,
  jobs: [HarbourJobs],
  migrations: [migration('202601010000-create-nothing', 'SELECT 1')],
})

export type Backend = 'postgres' | 'redis'

interface RawJob {
  id: string
  jobName: string
  payload: object
  version?: number
  ageS?: number
}

const ask = `INSERT INTO harbour.outbox (id, name, payload, request_id, occurred_at) VALUES ($1, $2, $3, 'test', now() - $4 * interval '1 s')`
const addDelivery = `INSERT INTO harbour.delivery (subscriber, event_id) VALUES ($1, $2)`

/** A module that paints ships, with its jobs in a queue in Postgres or Redis. */
export class Harbour {
  private constructor(
    readonly opened: OpenedPort<typeof HarbourPort>,
    readonly redis: TestRedis | undefined,
  ) {}

  static async open(backend: Backend): Promise<Harbour> {
    starts.length = 0
    const redis = backend === 'redis' ? await openRedis() : undefined
    const over = redis && { QUEUE_BACKEND: 'redis', QUEUE_REDIS_URL: redis.url, QUEUE_TIMEOUT_MS: '500' }
    return new Harbour(await openPort(implementation, { environment: { RELAY_POLL_MS: '100', ...over } }), redis)
  }

  get queue(): Queue {
    return this.opened.get<Queue>(getQueueToken(PaintShip.jobName) as never)
  }

  order(name: string, thenFail = false): Promise<void> {
    return this.opened.as(system, () => this.opened.port.order({ name, thenFail }) as Promise<void>)
  }

  /** Makes jobs called Held wait until the returned function is called. */
  holdTide(): () => void {
    let rise!: () => void
    tide = new Promise((resolve) => (rise = resolve))
    return rise
  }

  startsOf(name: string) {
    return starts.filter((start) => start.name === name)
  }

  /** Writes a job into the outbox directly, so that it can be one that our own code would not write. */
  async askRaw({ id, jobName, payload, version, ageS = 0 }: RawJob): Promise<void> {
    await this.opened.database.database.write(async (transaction) => {
      await transaction.query(ask, [id, `job:${jobName}`, JSON.stringify({ payload, delayMs: 0, version }), ageS])
      await transaction.query(addDelivery, [`queue:${jobName}`, id])
    })
  }

  rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.opened.database.database.read((queryable) => queryable.query<Row>(sql, values))
  }

  async hasPending(count: number): Promise<void> {
    await eventually(
      async () => expect(await this.rows(`SELECT 1 FROM harbour.delivery WHERE subscriber LIKE 'queue:%'`)).toHaveLength(count),
      10_000,
    )
  }

  /** Resolves when this process reports whether it can reach the store of its queue. It is ready in both cases. */
  async reportsQueue(up: boolean): Promise<void> {
    await eventually(async () => {
      const { ready, checks } = await this.opened.get(Health).report()
      expect(ready).toBe(true)
      expect(checks).toContainEqual(expect.objectContaining({ name: 'queue', up }))
    }, 10_000)
  }

  async close(): Promise<void> {
    await this.opened.close()
    await this.redis?.close()
  }
}
