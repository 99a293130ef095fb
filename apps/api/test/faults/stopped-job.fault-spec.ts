import { CrewShip, type QueueKind } from '@kilomega/port-testing'
import { describeWithRedis, eventually } from '@kilomega/testing'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'

const stops = 3
/** The full form has the settings that people run: a job of a minute gets 10 seconds of each stop. */
const settings = byForm<Record<string, string>>(
  { QUEUE_STOP_MS: '800', QUEUE_LOCK_MS: '1000', QUEUE_REDRIVE_MS: '3000', CREW_VOYAGE_MS: '3000' },
  { CREW_VOYAGE_MS: '60000' },
)
const startsWithinMs = byForm(20_000, 60_000)
const doneWithinMs = byForm(20_000, 120_000)

const over = (backend: QueueKind) => () => {
  let ship: CrewShip
  beforeAll(async () => {
    ship = await CrewShip.open(backend, settings)
  }, 60_000)
  afterAll(() => ship?.close(), 60_000)

  holds('STOPPED-JOB', 'a long job goes from one stopping process to the next and is done once', async (figures) => {
    Object.assign(figures, { backend, accepted: 1, faultsHit: 0 })
    await ship.ask('voyage', 1)
    for (let stop = 1; stop <= stops; stop += 1) {
      const child = await ship.embark()
      await eventually(async () => (await ship.starts('voyage')) === stop, startsWithinMs)
      expect(await ship.stop(child)).toMatchObject({ code: 0 })
      figures.faultsHit = stop
    }
    await ship.embark()
    const beganMs = performance.now()
    await eventually(async () => (await ship.undelivered()) === 0, doneWithinMs)
    figures.recoveryMs = performance.now() - beganMs

    const { deeds, jobs } = await ship.deeds('voyage')
    figures.effects = deeds
    expect({ deeds, jobs }).toEqual({ deeds: 1, jobs: 1 })
    expect(await ship.starts('voyage')).toBe(stops + 1)
    expect(await ship.count('SELECT count(*) FROM crew.dead_letter')).toBe(0)
  })
}

describe('A job that outlasts its process, over the queue in Postgres', over('postgres'))
describeWithRedis('A job that outlasts its process, over the queue in Redis', over('redis'))
