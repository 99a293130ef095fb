import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '@kilomega/testing'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'
import { Load, type TestRequest } from './load.js'
import { countEnds, succeeded } from './outcomes.js'
import { ReplicaWorld } from './replica-world.js'

const perSecond = byForm(20, 50)
const promotedAfterMs = 1_000
const backWithinMs = 10_000
/** How long writes go on beside the old primary that is back. */
const besideOldMs = byForm(3_000, 60_000)

describe('the primary dies, a replica is promoted, and the old primary comes back', () => {
  let world: ReplicaWorld
  beforeAll(async () => {
    world = await ReplicaWorld.open()
  }, 180_000)
  afterAll(() => world?.close())

  const written: string[] = []
  const next = (index: number): TestRequest =>
    index % 2 === 0
      ? { kind: 'list', path: '/v1/posts?limit=5' }
      : { kind: 'draft', method: 'POST', path: '/v1/posts', token: world.token, json: { title: `Ship ${index}`, body: 'A log.' }, onBody: note }
  const note = (body: string): void => void written.push((JSON.parse(body) as { id: string }).id)
  const said = (signal: string): number => world.apis[0]!.said.filter((line) => line.includes(`"signal":"${signal}"`)).length

  holds('R23', 'writes succeed again within 10 s, meanwhile requests are refused as unavailable, and the process stays alive', async (figures) => {
    const load = Load.start({ url: world.apis[0]!.publicUrl, perSecond, deadlineMs: 20_000, next })
    await wait(2_000)
    const killedMs = load.nowMs()
    world.lose(0)
    await wait(promotedAfterMs)
    await world.promote()
    const promotedMs = load.nowMs()
    await eventually(() => said('database.primary-changed') === 1, backWithinMs)
    await wait(3_000)
    const outcomes = await load.stop()

    const failed = outcomes.filter((outcome) => !succeeded(outcome))
    figures.accepted = outcomes.length - failed.length
    figures.faultsHit = failed.filter(({ dueMs }) => dueMs >= killedMs).length
    figures.recoveryMs = Math.max(0, ...failed.map(({ endMs }) => endMs - promotedMs))
    expect(figures.faultsHit).toBeGreaterThan(0)
    expect(Object.keys(countEnds(failed)).filter((end) => !/^50[34] /.test(end))).toEqual([])
    expect(figures.recoveryMs).toBeLessThanOrEqual(backWithinMs)
    expect(world.apis.map(({ isRunning }) => isRunning)).toEqual([true, true])
  })

  holds('R24', 'no write lands on the old primary', async (figures) => {
    await world.bringBack(0)
    await eventually(() => said('database.stale-primary-refused') === 1, backWithinMs)
    written.length = 0
    const load = Load.start({ url: world.apis[0]!.publicUrl, perSecond, deadlineMs: 20_000, next })
    await wait(besideOldMs)
    const outcomes = await load.stop()
    const there = new Set((await world.rows<{ id: string }>(0, 'SELECT id FROM content.post')).map(({ id }) => id))
    figures.accepted = written.length
    figures.lost = written.filter((id) => there.has(id)).length
    figures.faultsHit = 1
    expect(countEnds(outcomes.filter((outcome) => !succeeded(outcome)))).toEqual({})
    expect(written.length).toBeGreaterThan(0)
    expect(figures.lost).toBe(0)
  })
})
