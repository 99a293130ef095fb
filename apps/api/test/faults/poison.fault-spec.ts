import { CrewShip, type QueueKind } from '@kilomega/port-testing'
import { describeWithRedis, eventually } from '@kilomega/testing'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'

const neighbours = byForm(200, 1_000)
const maxDeaths = 3
const lockMs = byForm('1000', '5000')

/** A job whose worker died after finishing it, but before the ledger recorded that, is picked up after this time. */
const redriveMs = byForm('1000', '60000')

const over = (backend: QueueKind) => () => {
  let ship: CrewShip
  beforeAll(async () => {
    ship = await CrewShip.open(backend, { QUEUE_LOCK_MS: lockMs, QUEUE_REDRIVE_MS: redriveMs })
    await ship.embark()
  }, 120_000)
  afterAll(() => ship?.close())

  /** As a process supervisor does: restarts the process when it has ended. */
  async function keepManned(until: () => Promise<boolean>): Promise<number> {
    let deaths = 0
    await eventually(async () => {
      const [worker] = ship.processes
      if (worker!.signalCode !== null) {
        deaths += 1
        await ship.kill(worker!)
        await ship.embark()
      }
      return until()
    }, 180_000)
    return deaths
  }

  holds('R44', 'a job that kills its process becomes a dead letter after three deaths, and the other jobs are done', async (figures) => {
    figures.backend = backend
    figures.accepted = neighbours
    const half = neighbours / 2
    await ship.ask('haul', half)
    const [poison] = await ship.ask('sink', 1)
    await ship.ask('haul', neighbours - half)
    const settled = async () => (await ship.undelivered()) === 0
    figures.faultsHit = await keepManned(settled)

    const done = await ship.deeds('haul')
    figures.effects = done.deeds
    figures.lost = neighbours - done.jobs
    figures.duplicates = done.deeds - done.jobs
    const dead = await ship.rows<{ id: string; reason: string }>('SELECT event_id AS id, reason FROM crew.dead_letter')
    expect(dead).toEqual([{ id: poison, reason: expect.stringContaining('JOB_KILLED_ITS_PROCESS') as string }])
    expect(figures).toMatchObject({ effects: neighbours, lost: 0, duplicates: 0 })
    expect(figures.faultsHit).toBeGreaterThan(0)
    expect(figures.faultsHit).toBeLessThanOrEqual(maxDeaths)
  })
}

describe('A poison job in the queue in Postgres', over('postgres'))
describeWithRedis('A poison job in the queue in Redis', over('redis'))
