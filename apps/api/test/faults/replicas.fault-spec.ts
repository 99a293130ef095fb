import { setTimeout as wait } from 'node:timers/promises'
import { describeWithRedis, eventually } from '@kilomega/testing'
import { byForm } from './full-form.js'
import { type Figures, holds } from './ledger.js'
import { Load, type TestRequest } from './load.js'
import { countEnds, latencyMs, quantileMs, succeeded } from './outcomes.js'
import { ReplicaWorld } from './replica-world.js'

const pairs = byForm(150, 5_000)
/** Writers at a time, each of whom reads what it has written before it writes again. */
const writers = 8
const slowestMs = 300

describeWithRedis('two processes of the API over a primary and two replicas', () => {
  let world: ReplicaWorld
  beforeAll(async () => {
    world = await ReplicaWorld.open()
  }, 180_000)
  afterAll(() => world?.close())

  let written = 0
  const times: number[] = []

  /** A write at one process, and a read at the other. Returns whether the read was stale. A client that `forgets` sends nothing back of what it got. */
  async function writeAndRead(forgets = false): Promise<boolean> {
    const title = `Ship ${(written += 1)}`
    const answer = await world.send(written % 2, 'POST', '/v1/posts', { json: { title, body: 'A log.', category: 'harbour' } })
    expect(answer.status).toBe(201)
    const freshness = answer.headers.get('kilomega-freshness')!
    const { id } = (await answer.json()) as { id: string }
    const startedMs = performance.now()
    const read = await world.send((written + 1) % 2, 'GET', `/v1/posts/${id}`, forgets ? {} : { freshness })
    times.push(performance.now() - startedMs)
    return read.status !== 200 || ((await read.json()) as { title: string }).title !== title
  }

  async function staleOf(count: number, forgets = false): Promise<number> {
    let [left, stale] = [count, 0]
    const work = async (): Promise<void> => {
      while (left-- > 0) if (await writeAndRead(forgets)) stale += 1
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

  holds('R25', 'no command reads from a replica, so none decides about a write by what is old', async (figures) => {
    // Asking for the metrics reads too: the gauges of the ledger.
    const [first, before] = [await world.reads('replica'), await world.reads('replica')]
    for (figures.accepted = 0; figures.accepted < byForm(50, 500); figures.accepted += 1) {
      const answer = await world.send(figures.accepted % 2, 'POST', '/v1/posts', { json: { title: 'Ship', body: 'A log.', category: 'harbour' } })
      expect(answer.status).toBe(201)
      const [{ id }, etag] = [(await answer.json()) as { id: string }, answer.headers.get('etag')!]
      expect((await world.send(0, 'POST', `/v1/posts/${id}/publish`, { etag })).status).toBe(200)
    }
    figures.effects = (await world.reads('replica')) - before - (before - first)
    expect(figures.effects).toBe(0)
  })

  holds('R18', 'with 5 s of lag nobody who sends nothing back reads what is old, also when the Redis that knows it dies', async (figures) => {
    await world.setLag('5 s')
    const before = await world.reads('primary')
    const whileUp = await staleOf(byForm(75, 500), true)
    const dying = staleOf(byForm(75, 500), true)
    await world.redis.server.kill()
    figures.lost = whileUp + (await dying)
    figures.accepted = byForm(150, 1_000)
    figures.faultsHit = (await world.reads('primary')) - before
    await world.redis.restart()
    await world.setLag('none')
    expect(figures.faultsHit).toBeGreaterThanOrEqual(figures.accepted)
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

  const read: TestRequest = { kind: 'read', path: '/v1/posts?limit=5' }
  const write = (index: number): TestRequest => ({
    ...{ kind: 'write', method: 'POST', path: '/v1/posts', token: world.token },
    json: { title: `Ship ${index}`, body: 'A log.', category: 'harbour' },
  })

  /** A server answers nothing, and its connections stay open. Returns the outcomes of all requests, and of those that were due meanwhile. */
  async function whileHanging(server: 0 | 1, next: (index: number) => TestRequest) {
    const load = Load.start({ url: world.apis[0]!.publicUrl, perSecond: byForm(40, 100), deadlineMs: 20_000, next })
    await wait(1_000)
    await world.signalAll(server, 'STOP')
    const beganMs = load.nowMs()
    await wait(byForm(4_000, 20_000))
    await world.signalAll(server, 'CONT')
    const endedMs = load.nowMs()
    const all = await load.stop()
    return { all, hit: all.filter(({ dueMs }) => dueMs >= beganMs && dueMs < endedMs - 500) }
  }

  holds('R22', 'a replica that hangs makes few reads slow and fails none of them', async (figures) => {
    const { all, hit } = await whileHanging(1, () => read)
    figures.accepted = all.filter(succeeded).length
    figures.faultsHit = hit.length
    figures.p99Ms = quantileMs(all, 0.99)
    expect(all.length - figures.accepted).toBeLessThanOrEqual(all.length * 0.005)
    expect(figures.p99Ms).toBeLessThanOrEqual(800)
  })

  holds('R22', 'while the primary hangs writes are refused as unavailable within 1.5 s, and reads go on', async (figures) => {
    const { hit } = await whileHanging(0, (index) => (index % 2 === 0 ? read : write(index)))
    const [reads, writes] = [hit.filter(({ kind }) => kind === 'read'), hit.filter(({ kind }) => kind === 'write')]
    figures.accepted = reads.filter(succeeded).length
    figures.faultsHit = writes.length
    figures.p99Ms = Math.max(...writes.map(latencyMs))
    expect(countEnds(reads)).toEqual({ '200': reads.length })
    expect(Object.keys(countEnds(writes)).filter((end) => !end.startsWith('503 '))).toEqual([])
    expect(figures.p99Ms).toBeLessThanOrEqual(1_500)
    const written = () => world.send(0, 'POST', '/v1/posts', { json: { title: 'Ship', body: 'A log.' } })
    await eventually(async () => expect((await written()).status).toBe(201), 10_000)
  })

  const said = (signal: string): number => world.apis[0]!.said.filter((line) => line.includes(`"signal":"${signal}"`)).length
})
