import { Database, DatabaseModule, migration } from '@kilomega/database'
import { implement } from '@kilomega/messaging'
import { command, currentCall, port, system } from '@kilomega/ports'
import { job, type JobRun, Jobs, Runs } from '@kilomega/queue'
import { eventually } from '@kilomega/testing'
import { Injectable, Module } from '@nestjs/common'
import { z } from 'zod'
import { type OpenedPort, openPort } from './open-port.js'

const Ship = z.object({ name: z.string() })
const PaintShip = job('harbour.paint-ship', Ship, { attempts: 3, backoffMs: 1 })
const CountShips = job('harbour.count-ships', z.object({}))

abstract class HarbourPort extends port('harbour', {
  order: command({ input: z.object({ name: z.string(), thenFail: z.boolean() }), timeoutMs: 5_000 }),
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
}

const starts: { name: string; run: JobRun; actor: string; timeLeftMs: number }[] = []

@Injectable()
class HarbourJobs {
  counted = 0

  @Runs(PaintShip, { concurrency: 2 })
  async paint({ name }: { name: string }, run: JobRun): Promise<void> {
    starts.push({ name, run, actor: currentCall().actor.kind, timeLeftMs: currentCall().timeLeftMs() })
    if (name === 'Cursed' || (name === 'Leaky' && run.attempt === 1)) throw new Error(`${name} will not be painted`)
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

let harbour: OpenedPort<typeof HarbourPort>
beforeAll(async () => {
  harbour = await openPort(implementation)
}, 60_000)
afterAll(() => harbour.close())

const order = (name: string, thenFail = false) => harbour.as(system, () => harbour.port.order({ name, thenFail }))
const startsOf = (name: string) => starts.filter((start) => start.name === name)

describe('a job', () => {
  it('runs once after the commit, as the system, with a deadline', async () => {
    await order('Beagle')
    await eventually(() => expect(startsOf('Beagle')).toMatchObject([{ actor: 'system', run: { attempt: 1, lastAttempt: false } }]))
    expect(startsOf('Beagle')[0]!.timeLeftMs).toBeGreaterThan(50_000)
  })

  it('does not run when the transaction that asked for it rolls back', async () => {
    await order('Ghost', true).catch(() => undefined)
    await order('Bounty')
    await eventually(() => expect(startsOf('Bounty')).toHaveLength(1))
    expect(startsOf('Ghost')).toEqual([])
  })

  it('is started again when it fails, under the same id', async () => {
    await order('Leaky')
    await eventually(() => expect(startsOf('Leaky').map(({ run }) => run.attempt)).toEqual([1, 2]))
    expect(new Set(startsOf('Leaky').map(({ run }) => run.id)).size).toBe(1)
  })

  it('is told when it starts for the last time, and is a dead letter afterwards', async () => {
    await order('Cursed')
    await eventually(() => expect(startsOf('Cursed').map(({ run }) => run.lastAttempt)).toEqual([false, false, true]))
  })

  it('with a schedule runs by itself', async () => {
    await eventually(() => expect(harbour.get(HarbourJobs).counted).toBeGreaterThanOrEqual(2))
  })

  it('cannot be asked for by another module', async () => {
    const foreign = harbour.database.databases.of('elsewhere').write((transaction) => harbour.get(Jobs).add(transaction, PaintShip({ name: 'x' })))
    await expect(foreign).rejects.toThrow('harbour.paint-ship cannot be asked for by module elsewhere')
  })
})
