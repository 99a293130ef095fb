import { describeWithRedis, eventually } from '@kilomega/testing'
import { CrewShip, type QueueKind } from './crew/crew-ship.js'

const stops = 3
const stopMs = 800
const lockMs = '1000'

const open = (kind: QueueKind) => () => {
  let ship: CrewShip
  beforeAll(async () => {
    ship = await CrewShip.open(kind, { QUEUE_STOP_MS: String(stopMs), QUEUE_LOCK_MS: lockMs, QUEUE_REDRIVE_MS: '3000', CREW_VOYAGE_MS: '3000' })
  }, 60_000)
  afterAll(() => ship?.close(), 60_000)

  it('is passed on to the next process, however often that happens, and done once', async () => {
    await ship.ask('voyage', 1)
    for (let stop = 1; stop <= stops; stop += 1) {
      const child = await ship.embark()
      await eventually(async () => (await ship.starts('voyage')) === stop, 20_000)
      expect(await ship.stop(child)).toMatchObject({ code: 0 })
    }
    await ship.embark()
    await eventually(async () => (await ship.undelivered()) === 0, 20_000)
    expect(await ship.deeds('voyage')).toEqual({ deeds: 1, jobs: 1 })
    expect(await ship.starts('voyage')).toBe(stops + 1)
    expect(await ship.count('SELECT count(*) FROM crew.dead_letter')).toBe(0)
  }, 120_000)
}

describe('a job that is running when its process stops, in Postgres', open('postgres'))
describeWithRedis('a job that is running when its process stops, in Redis', open('redis'))
