import { CrewShip, type QueueKind } from '@kilomega/port-testing'
import { describeWithRedis, eventually } from '@kilomega/testing'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'

const jobs = byForm(400, 10_000)
const kills = byForm(2, 10)
const killEveryMs = byForm(0, 2_000)
const workers = 3
const doneWithinMs = 120_000
const lockMs = byForm('1500', '5000')

/** A job whose worker died after finishing it, but before the ledger recorded that, is picked up after this time. */
const redriveMs = byForm('3000', '60000')

const over = (backend: QueueKind) => () => {
  let ship: CrewShip
  beforeAll(async () => {
    ship = await CrewShip.open(backend, { QUEUE_LOCK_MS: lockMs, QUEUE_REDRIVE_MS: redriveMs })
    await Promise.all(Array.from({ length: workers }, () => ship.embark()))
  }, 120_000)
  afterAll(() => ship?.close())

  holds('R3', 'workers are killed and restarted: every job is done once, and none fails because of it', async (figures) => {
    figures.backend = backend
    figures.accepted = jobs
    figures.faultsHit = 0
    const beganMs = performance.now()
    await ship.ask('haul', jobs)
    for (let kill = 0; kill < kills; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, killEveryMs))
      if (!(await ship.killAtWork())) break
      figures.faultsHit += 1
      await ship.embark()
    }
    await eventually(async () => (await ship.undelivered()) === 0, doneWithinMs)
    figures.recoveryMs = performance.now() - beganMs

    const done = await ship.deeds('haul')
    figures.effects = done.deeds
    figures.lost = jobs - done.jobs
    figures.duplicates = done.deeds - done.jobs
    const dead = await ship.count('SELECT count(*) FROM crew.dead_letter')
    expect({ ...figures, dead }).toMatchObject({ effects: jobs, lost: 0, duplicates: 0, dead: 0 })
    expect(figures.faultsHit).toBeGreaterThan(0)
    expect(figures.recoveryMs).toBeLessThanOrEqual(doneWithinMs)
  })
}

describe('Workers over the queue in Postgres', over('postgres'))
describeWithRedis('Workers over the queue in Redis', over('redis'))
