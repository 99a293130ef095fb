import { describeWithRedis, eventually } from '@kilomega/testing'
import { Dock, sweepEveryMs } from '../test/dock.js'
import type { Backend } from '../test/harbour.js'

const monthMs = 30 * 86_400_000
const repairedWithinMs = 30_000

let dock: Dock
const open = (backend: Backend) => () => {
  beforeAll(async () => {
    dock = await Dock.open(backend)
  }, 60_000)
  afterAll(async () => {
    jest.useRealTimers()
    await dock?.close()
  }, 60_000)

  /** Sets only the wall clock. Timers and the monotonic clock are not affected, as on a host whose time is set. */
  const setClock = (aheadMs: number): void => {
    const { now } = Date
    const startTime = now()
    const startMs = performance.now()
    jest.spyOn(Date, 'now').mockImplementation(() => Math.round(startTime + (performance.now() - startMs) + aheadMs))
  }

  it('may be a month ahead for a moment: schedules continue as soon as it is right again, and no tick is from the future', async () => {
    const { ticks } = dock.jobs
    await eventually(() => expect(ticks.length).toBeGreaterThan(1))
    const before = ticks.length
    setClock(monthMs)
    await eventually(() => expect(ticks.length).toBeGreaterThan(before), 20_000)
    jest.restoreAllMocks()
    const after = ticks.length
    await eventually(() => expect(ticks.length).toBeGreaterThan(after + 4), repairedWithinMs)
    expect(Math.max(...ticks)).toBeLessThan(Date.now() + sweepEveryMs)
    expect(new Set(ticks).size).toBe(ticks.length)
  }, 90_000)

  it('is reported while it is wrong', async () => {
    setClock(3_600_000)
    const problem = expect.stringMatching(/the clock of this process is 3[56]\d\d s ahead of the database's/) as string
    await eventually(
      async () => expect((await dock.health()).checks).toContainEqual({ name: 'queue-clock', required: false, up: false, problem }),
      repairedWithinMs,
    )
    jest.restoreAllMocks()
    await eventually(
      async () => expect((await dock.health()).checks).toContainEqual({ name: 'queue-clock', required: false, up: true }),
      repairedWithinMs,
    )
  }, 90_000)

  it('may have been ahead when a tick was recorded in the ledger: that tick is replaced', async () => {
    await dock.write(`UPDATE dock.schedule SET last_tick = now() + interval '1 hour'`)
    const { ticks } = dock.jobs
    const before = ticks.length
    await eventually(() => expect(ticks.length).toBeGreaterThan(before + 2), repairedWithinMs)
    expect(await dock.rows(`SELECT last_tick < now() + interval '1 s' AS "isPast" FROM dock.schedule`)).toEqual([{ isPast: true }])
  }, 60_000)
}

describe('the clock of a process, with queues in Postgres', open('postgres'))
describeWithRedis('the clock of a process, with queues in Redis', open('redis'))
