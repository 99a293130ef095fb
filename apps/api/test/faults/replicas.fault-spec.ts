import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '@kilomega/testing'
import { byForm } from './full-form.js'
import { type Figures, holds } from './ledger.js'
import { Load } from './load.js'
import { countEnds, quantileMs } from './outcomes.js'
import { ReplicaWorld } from './replica-world.js'

const pairs = byForm(150, 5_000)
/** Writers at a time, each of whom reads what it has written before it writes again. */
const writers = 8
const slowestMs = 300

describe('two processes of the API over a primary and two replicas', () => {
  let world: ReplicaWorld
  beforeAll(async () => {
    world = await ReplicaWorld.open()
  }, 180_000)
  afterAll(() => world?.close())

  let written = 0
  const times: number[] = []

  /** A write at one process, and a read at the other. Returns whether the read was stale. */
  async function writeAndRead(): Promise<boolean> {
    const title = `Ship ${(written += 1)}`
    const answer = await world.send(written % 2, 'POST', '/v1/posts', { json: { title, body: 'A log.', category: 'harbour' } })
    expect(answer.status).toBe(201)
    const freshness = answer.headers.get('kilomega-freshness')!
    const { id } = (await answer.json()) as { id: string }
    const startedMs = performance.now()
    const read = await world.send((written + 1) % 2, 'GET', `/v1/posts/${id}`, { freshness })
    times.push(performance.now() - startedMs)
    return read.status !== 200 || ((await read.json()) as { title: string }).title !== title
  }

  async function staleOf(count: number): Promise<number> {
    let [left, stale] = [count, 0]
    const work = async (): Promise<void> => {
      while (left-- > 0) if (await writeAndRead()) stale += 1
    }
    await Promise.all(Array.from({ length: writers }, work))
    return stale
  }

  const expectFresh = (figures: Figures): void => {
    expect(figures.lost).toBe(0)
    expect(Math.max(...times.splice(0))).toBeLessThanOrEqual(byForm(2_000, slowestMs))
  }

  holds('R17', 'with 2 s of lag nobody reads what is older than what they wrote', async (figures) => {
    await world.setLag('2 s')
    const before = await world.reads('primary')
    figures.accepted = pairs
    figures.lost = await staleOf(pairs)
    figures.faultsHit = (await world.reads('primary')) - before
    expect(figures.faultsHit).toBeGreaterThan(0)
    expectFresh(figures)
  })

  holds('R17', 'without lag replicas answer at least 80% of such reads', async (figures) => {
    await world.setLag('none')
    await eventually(async () => {
      const before = await world.reads('replica')
      await writeAndRead()
      return (await world.reads('replica')) > before
    }, 30_000)
    times.splice(0)
    const [replica, primary] = [await world.reads('replica'), await world.reads('primary')]
    figures.accepted = pairs
    figures.lost = await staleOf(pairs)
    figures.effects = (await world.reads('replica')) - replica
    const others = (await world.reads('primary')) - primary
    expect(figures.effects / (figures.effects + others)).toBeGreaterThanOrEqual(0.8)
    expectFresh(figures)
  })

  holds('R21', 'the death of a replica fails no read, and it is used again', async (figures) => {
    const load = Load.start({
      url: world.apis[0]!.publicUrl,
      perSecond: byForm(50, 100),
      deadlineMs: 10_000,
      next: () => ({ kind: 'list', path: '/v1/posts?limit=5' }),
    })
    await wait(1_000)
    world.lose(1)
    await eventually(() => said('database.replica-left-out') > 0, 10_000)
    await wait(byForm(1_000, 20_000))
    const used = said('database.replica-used')
    await world.bringBack(1)
    const backMs = load.nowMs()
    await eventually(() => said('database.replica-used') > used, 30_000)
    figures.recoveryMs = load.nowMs() - backMs
    const outcomes = await load.stop()
    figures.faultsHit = 1
    figures.accepted = outcomes.length
    figures.p99Ms = quantileMs(outcomes, 0.99)
    expect(countEnds(outcomes)).toEqual({ '200': outcomes.length })
    expect(figures.p99Ms).toBeLessThanOrEqual(1_000)
  })

  const said = (signal: string): number => world.apis[0]!.said.filter((line) => line.includes(`"signal":"${signal}"`)).length
})
