import { CrewShip, type QueueKind } from '@kilomega/port-testing'
import { describeWithRedis, eventually } from '@kilomega/testing'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'

const ticks = byForm(16, 60)
const everyMs = byForm(500, 1_000)
const kills = byForm(2, 5)
const instances = 3
const lockMs = '1500'

const over = (backend: QueueKind) => () => {
  let ship: CrewShip
  beforeAll(async () => {
    ship = await CrewShip.open(backend, { QUEUE_LOCK_MS: lockMs, CREW_RING_EVERY_MS: String(everyMs) })
    await Promise.all(Array.from({ length: instances }, () => ship.embark()))
  }, 120_000)
  afterAll(() => ship?.close())

  /** The finished ticks and how often each was done, oldest first. */
  const rung = () =>
    ship.rows<{ id: string; times: number; atMs: number }>(
      `SELECT job_id AS id, count(*)::int AS times, split_part(job_id, ':', 2)::float8 AS "atMs" FROM crew.deed WHERE kind = 'ring' AND NOT begun GROUP BY job_id ORDER BY 3`,
    )

  /** The process that did the newest tick. */
  async function busyOne() {
    const [newest] = await ship.rows<{ pid: number }>(`SELECT pid FROM crew.deed WHERE kind = 'ring' ORDER BY at DESC LIMIT 1`)
    return ship.processes.find(({ pid }) => pid === newest?.pid)
  }

  holds('R15', 'each tick is done once by one of three instances, even if the busy one is killed, and none is missing', async (figures) => {
    figures.backend = backend
    figures.faultsHit = 0
    for (let kill = 1; kill <= kills; kill += 1) {
      await eventually(async () => (await rung()).length >= (kill * ticks) / (kills + 1), 120_000)
      const busy = await busyOne()
      if (busy === undefined) continue
      await ship.kill(busy)
      figures.faultsHit += 1
      await ship.embark()
    }
    await eventually(async () => (await rung()).length >= ticks, 120_000)

    const done = await rung()
    const spanMs = done.at(-1)!.atMs - done[0]!.atMs
    figures.accepted = Math.round(spanMs / everyMs) + 1
    figures.effects = done.length
    figures.lost = figures.accepted - done.length
    figures.duplicates = done.filter(({ times }) => times > 1).length
    expect(figures).toMatchObject({ lost: 0, duplicates: 0, faultsHit: kills })
  })
}

describe('A schedule in the queue in Postgres', over('postgres'))
describeWithRedis('A schedule in the queue in Redis', over('redis'))
