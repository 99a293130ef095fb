import { describeWithOwnNats, eventually } from '@kilomega/testing'
import { Fleet } from './fleet.js'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'
import { type TestRequest, Load } from './load.js'
import { countEnds, type Outcome, quantileMs, succeeded } from './outcomes.js'

const kills = byForm(1, 10)
const perSecond = 50
const deadlineMs = 10_000
/** The length of an outage, and of the pause between two: 2 s. */
const requestsBetween = 2 * perSecond
const backWithinMs = 4_000

/** Half of them cross NATS, half do not. */
const next = (index: number): TestRequest =>
  index % 2 === 0 ? { kind: 'remote', path: '/v1/search?q=ship' } : { kind: 'local', path: '/v1/posts?limit=5' }

interface Outage {
  fromMs: number
  toMs: number
}

/** From when the server was up until searches no longer failed because of it. */
const recoveryMs = ({ toMs }: Outage, untilMs: number, failed: readonly Outcome[]): number =>
  Math.max(0, ...failed.filter(({ dueMs, endMs }) => endMs > toMs && dueMs < untilMs).map(({ endMs }) => endMs - toMs))

describeWithOwnNats('NATS killed and started again under load', () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await Fleet.open({ remote: ['search'] })
  }, 120_000)
  afterAll(() => fleet?.close())

  async function outage(load: Load): Promise<Outage> {
    const more = async (): Promise<void> => {
      const seen = load.outcomes.length
      await eventually(() => load.outcomes.length >= seen + requestsBetween, 30_000)
    }
    await more()
    const fromMs = load.nowMs()
    await fleet.services.nats.server.kill()
    await more()
    await fleet.services.nats.restart()
    const toMs = load.nowMs()
    await eventually(() => load.outcomes.findLast(({ kind }) => kind === 'remote')!.status === 200, 30_000)
    await more()
    return { fromMs, toMs }
  }

  holds('NATS-RESTART', 'searches are unavailable while it is down and work again soon after; nothing else is affected', async (figures) => {
    const running = fleet.processes
    const load = Load.start({ url: fleet.url, perSecond, deadlineMs, next })
    const outages: Outage[] = []
    for (let kill = 0; kill < kills; kill += 1) outages.push(await outage(load))
    const outcomes = await load.stop()
    const failed = outcomes.filter((outcome) => !succeeded(outcome))
    const struck = (one: Outage) => failed.filter(({ dueMs }) => dueMs >= one.fromMs && dueMs < one.toMs)

    figures.accepted = outcomes.length - failed.length
    figures.unknown = failed.filter(({ status }) => status === undefined).length
    figures.faultsHit = outages.filter((one) => struck(one).length > 0).length
    figures.p99Ms = quantileMs(outcomes, 0.99)
    figures.recoveryMs = Math.max(...outages.map((one, index) => recoveryMs(one, outages[index + 1]?.fromMs ?? Infinity, failed)))
    expect(Object.keys(countEnds(failed))).toEqual(['503 DEPENDENCY_UNAVAILABLE'])
    expect(failed.filter(({ kind }) => kind === 'local')).toEqual([])
    expect(failed.filter(({ endMs }) => endMs < outages[0]!.fromMs)).toEqual([])
    expect(figures.faultsHit).toBe(kills)
    expect(figures.recoveryMs).toBeLessThanOrEqual(backWithinMs)
    expect(running.filter(({ isRunning }) => !isRunning)).toEqual([])
  })
})
