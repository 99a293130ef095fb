import { describeWithRedis, eventually } from '@kilomega/testing'
import { Dock, FillTanks, LoadShip } from '../test/dock.js'
import type { Backend } from '../test/harbour.js'

let dock: Dock
const open = (backend: Backend) => () => {
  beforeAll(async () => {
    dock = await Dock.open(backend, { QUEUE_PROBE_MS: '20', QUEUE_PROBE_MAX_MS: '200' })
  }, 60_000)
  afterAll(() => dock?.close(), 60_000)

  it('is waited for: no attempt is counted, other kinds continue, and when it is back all jobs are done', async () => {
    dock.jobs.water = false
    const dry = [await dock.ask(FillTanks, 'Dry'), await dock.ask(FillTanks, 'Dry'), await dock.ask(FillTanks, 'Dry')]
    const most = FillTanks.attempts! * dry.length
    await eventually(() => expect(dock.startsOf(FillTanks, 'Dry').length).toBeGreaterThan(most), 15_000)
    await dock.settled([await dock.ask(LoadShip, 'Quick')])
    expect(await dock.deadLetters()).toEqual([])
    dock.jobs.water = true
    await dock.settled(dry)
    expect(new Set(dock.startsOf(FillTanks, 'Dry').map(({ run }) => run.attempt))).toEqual(new Set([1]))
    expect(await dock.deadLetters()).toEqual([])
  }, 60_000)
}

describe('an unavailable dependency of jobs in Postgres', open('postgres'))
describeWithRedis('an unavailable dependency of jobs in Redis', open('redis'))
