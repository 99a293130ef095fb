import { describeWithRedis, eventually } from '@kilomega/testing'
import { CrewShip, type QueueKind } from './crew/crew-ship.js'

const others = 40

const open = (kind: QueueKind) => () => {
  let ship: CrewShip
  beforeAll(async () => {
    ship = await CrewShip.open(kind, { QUEUE_LOCK_MS: '1000', QUEUE_REDRIVE_MS: '3000' })
  }, 60_000)
  afterAll(() => ship?.close(), 60_000)

  it('does not hold up other jobs, even if it never answers', async () => {
    const first = await ship.embark()
    const [endless] = await ship.ask('drift', 1)
    await eventually(async () => (await ship.starts('drift')) === 1, 10_000)
    await ship.kill(first)
    await ship.embark()
    await eventually(async () => (await ship.starts('drift')) === 2, 20_000)
    await ship.ask('haul', others)
    await eventually(async () => (await ship.undelivered()) === 1, 10_000)
    expect(await ship.deeds('haul')).toEqual({ deeds: others, jobs: others })
    expect(await ship.rows('SELECT event_id AS id FROM crew.delivery')).toEqual([{ id: endless }])
    expect(await ship.count('SELECT count(*) FROM crew.dead_letter')).toBe(0)
  }, 60_000)
}

describe('a job whose process was killed, in Postgres', open('postgres'))
describeWithRedis('a job whose process was killed, in Redis', open('redis'))
