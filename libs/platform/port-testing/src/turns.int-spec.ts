import { Database, DatabaseModule, migration } from '@kilomega/database'
import { implement } from '@kilomega/messaging'
import { command, port, system } from '@kilomega/ports'
import { job, Jobs, QueueOperations, Runs } from '@kilomega/queue'
import { describeWithRedis, eventually, openRedis, type TestRedis } from '@kilomega/testing'
import { Injectable, Module } from '@nestjs/common'
import { z } from 'zod'
import { type OpenedPort, openPort } from './open-port.js'

const Load = z.object({ name: z.string(), priority: z.int() })
const LoadShip = job('quay.load-ship', Load)

abstract class QuayPort extends port('quay', { load: command({ input: z.object({ loads: z.array(Load) }), timeoutMs: 5_000 }) }) {}

@Injectable()
class QuayService implements QuayPort {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  load({ loads }: { loads: z.output<typeof Load>[] }): Promise<void> {
    return this.database.write((transaction) => this.jobs.add(transaction, ...loads.map((load) => LoadShip(load, { priority: load.priority }))))
  }
}

const loaded: string[] = []
/** Resolves when the crane may go on. */
let free: Promise<void> = Promise.resolve()

@Injectable()
class QuayJobs {
  @Runs(LoadShip)
  async load({ name }: { name: string }): Promise<void> {
    loaded.push(name)
    await free
  }
}

@Module({ imports: [DatabaseModule.forSchema('quay')], providers: [QuayService, QuayJobs] })
class QuayModule {}

const implementation = implement(QuayPort, {
  module: QuayModule,
  service: QuayService,
  jobs: [QuayJobs],
  migrations: [migration('202601010000-create-nothing', 'SELECT 1')],
})

function itTakesTurns(backend: 'postgres' | 'redis'): void {
  let redis: TestRedis | undefined
  let opened: OpenedPort<typeof QuayPort>
  beforeAll(async () => {
    loaded.length = 0
    redis = backend === 'redis' ? await openRedis() : undefined
    opened = await openPort(implementation, { environment: { ...(redis && { QUEUE_BACKEND: 'redis', QUEUE_REDIS_URL: redis.url }) } })
  }, 60_000)
  afterAll(async () => {
    await opened.close()
    await redis?.close()
  })

  const load = (...loads: [string, number][]) =>
    opened.as(system, () => opened.port.load({ loads: loads.map(([name, priority]) => ({ name, priority })) }) as Promise<void>)
  const waiting = async () => (await opened.get(QueueOperations).list()).find(({ name }) => name === LoadShip.jobName)?.waiting

  it('does the job with the lowest number first, whenever it was added, and equal ones in the order in which they were added', async () => {
    let release!: () => void
    free = new Promise((resolve) => (release = resolve))
    await load(['running', 0])
    await eventually(() => expect(loaded).toEqual(['running']))
    await load(['third of many', 3], ['second of many', 2], ['first of many', 1])
    await load(['first of another', 1], ['urgent', 0])
    await eventually(async () => expect(await waiting()).toBe(5), 10_000)
    release()
    await eventually(() => expect(loaded).toHaveLength(6), 10_000)
    expect(loaded).toEqual(['running', 'urgent', 'first of many', 'first of another', 'second of many', 'third of many'])
  })
}

describe('a queue on Postgres', () => itTakesTurns('postgres'))
describeWithRedis('a queue on Redis', () => itTakesTurns('redis'))
