import { describeWithRedis, eventually } from '@kilomega/testing'
import { Dock, sweepEveryMs } from '../test/dock.js'
import type { Backend } from '../test/harbour.js'

const monthMs = 30 * 86_400_000
const mendedWithinMs = 30_000

let dock: Dock
const open = (backend: Backend) => () => {
  beforeAll(async () => {
    dock = await Dock.open(backend)
  }, 60_000)
  afterAll(async () => {
    jest.useRealTimers()
    await dock?.close()
  }, 60_000)

  /** Only the wall clock: timers and the monotonic clock go on as they are, as in a host whose time is set. */
  const setClock = (aheadMs: number): void => {
    const { now } = Date
    const begin = now()
    const beginMs = performance.now()
    jest.spyOn(Date, 'now').mockImplementation(() => Math.round(begin + (performance.now() - beginMs) + aheadMs))
  }

  it('is a month ahead for a moment: schedules go on as soon as it is right again, and no tick is from the future', async () => {
    const { ticks } = dock.jobs
    await eventually(() => expect(ticks.length).toBeGreaterThan(1))
    const before = ticks.length
    setClock(monthMs)
    await eventually(() => expect(ticks.length).toBeGreaterThan(before), 20_000)
    jest.restoreAllMocks()
    const after = ticks.length
    await eventually(() => expect(ticks.length).toBeGreaterThan(after + 4), mendedWithinMs)
    expect(Math.max(...ticks)).toBeLessThan(Date.now() + sweepEveryMs)
    expect(new Set(ticks).size).toBe(ticks.length)
  }, 90_000)

  it('is named while it is wrong', async () => {
    setClock(3_600_000)
    const problem = expect.stringMatching(/the clock of this process is 3[56]\d\d s ahead of the database's/) as string
    await eventually(
      async () => expect((await dock.health()).checks).toContainEqual({ name: 'queue-clock', required: false, up: false, problem }),
      mendedWithinMs,
    )
    jest.restoreAllMocks()
    await eventually(
      async () => expect((await dock.health()).checks).toContainEqual({ name: 'queue-clock', required: false, up: true }),
      mendedWithinMs,
    )
  }, 90_000)

  it('was ahead when a tick was noted in the ledger: that tick is taken back', async () => {
    await dock.write(`UPDATE dock.schedule SET last_tick = now() + interval '1 hour'`)
    const { ticks } = dock.jobs
    const before = ticks.length
    await eventually(() => expect(ticks.length).toBeGreaterThan(before + 2), mendedWithinMs)
    expect(await dock.rows(`SELECT last_tick < now() + interval '1 s' AS "isPast" FROM dock.schedule`)).toEqual([{ isPast: true }])
  }, 60_000)
}

describe('the clock of a process, with queues in Postgres', open('postgres'))
describeWithRedis('the clock of a process, with queues in Redis', open('redis'))
