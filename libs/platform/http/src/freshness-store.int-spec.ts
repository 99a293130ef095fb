import { setTimeout as sleep } from 'node:timers/promises'
import { Secret } from '@kilomega/config'
import { onlyPrimary } from '@kilomega/ports'
import { describeWithRedis, eventually, openRedis, SignalsRecorder, type TestRedis } from '@kilomega/testing'
import { FreshnessStore } from './freshness-store.js'

const earlier = '00000001:0000000000000010'
const later = '00000001:0000000000000011'
const keptForMs = 1_000

describeWithRedis('How fresh the data of an account must be', () => {
  let redis: TestRedis
  let signals: SignalsRecorder
  const stores: FreshnessStore[] = []
  const open = () => {
    stores.push(new FreshnessStore(new Secret(redis.url), signals, keptForMs))
    return stores.at(-1)!
  }
  const complete = (store: FreshnessStore) => eventually(async () => expect(await store.of('nobody')).toBe(''), 5_000)

  beforeAll(async () => {
    redis = await openRedis()
    signals = new SignalsRecorder()
  })
  afterAll(async () => {
    for (const store of stores) store.close()
    await redis.close()
  })

  it('is kept for all processes, the later of two, and for a time only', async () => {
    const [one, other] = [open(), open()]
    await Promise.all([complete(one), complete(other)])
    await one.note('user:1', later)
    await other.note('user:1', earlier)
    expect(await other.of('user:1')).toBe(later)
    expect(await other.of('user:2')).toBe('')
    await sleep(keptForMs + 100)
    expect(await other.of('user:1')).toBe('')
  })

  it('is unknown to a process that has just connected, which then reads from the primary', async () => {
    const store = open()
    await eventually(async () => store.note('user:3', earlier).then(() => store.of('user:3').then((known) => expect(known).toBe(earlier))), 5_000)
    expect(await open().of('user:4')).toBe(onlyPrimary)
    expect(await store.of('user:4')).toBe(onlyPrimary)
    await complete(store)
  })

  it('is unknown while Redis is down, and as long after it as something might be missing', async () => {
    const store = open()
    await complete(store)
    await redis.server.kill()
    await eventually(async () => expect(await store.of('user:5')).toBe(onlyPrimary), 5_000)
    const beganMs = performance.now()
    await store.note('user:5', later)
    expect(await store.of('user:5')).toBe(onlyPrimary)
    expect(performance.now() - beganMs).toBeLessThan(1_000)
    expect(signals.of('http.freshness-not-kept').length).toBeGreaterThan(0)
    await redis.restart()
    await sleep(keptForMs / 2)
    expect(await store.of('user:5')).toBe(onlyPrimary)
    await complete(store)
  }, 20_000)
})
