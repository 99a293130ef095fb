import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describeWithRedis, eventually, openRedis, type TestRedis } from '@kilomega/testing'
import { Redis } from 'ioredis'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'
import { MailServer } from './mail-server.js'
import { MailWorld } from './mail-world.js'

const mails = byForm(600, 10_000)
const drainedWithinMs = 60_000

describeWithRedis('The Redis of the queue is emptied, and killed and wiped', () => {
  let [server, redis, world]: [MailServer?, TestRedis?, MailWorld?] = []
  beforeAll(async () => {
    server = await MailServer.start()
    redis = await openRedis()
    world = await MailWorld.open(server, { QUEUE_BACKEND: 'redis', QUEUE_REDIS_URL: redis.url })
    await world.start()
  }, 120_000)
  afterAll(async () => {
    await world?.close()
    await server?.stop()
    await redis?.close()
  })

  const whenTaken = (share: number) => eventually(() => server!.taken.size >= share * mails, 240_000)

  async function empty(): Promise<void> {
    const client = new Redis(redis!.url)
    await client.flushall()
    await client.quit()
  }

  holds('R5', 'every mail arrives once, soon after Redis is back', async (figures) => {
    figures.backend = 'redis'
    figures.accepted = mails
    figures.faultsHit = 0
    await world!.addPending('password-changed', mails)
    await whenTaken(0.4)
    await empty()
    if (server!.taken.size < mails) figures.faultsHit += 1
    await whenTaken(0.7)
    await redis!.server.kill()
    if (server!.taken.size < mails) figures.faultsHit += 1
    await rm(join(redis!.folder, 'appendonlydir'), { recursive: true, force: true })
    await redis!.restart()
    const backMs = performance.now()
    await eventually(() => server!.taken.size === mails, 2 * drainedWithinMs)
    figures.recoveryMs = performance.now() - backMs
    await world!.settled(drainedWithinMs)

    figures.effects = server!.taken.size
    figures.lost = mails - figures.effects
    figures.duplicates = server!.duplicates
    expect(figures).toMatchObject({ effects: mails, lost: 0, duplicates: 0, faultsHit: 2 })
    expect(figures.recoveryMs).toBeLessThanOrEqual(drainedWithinMs)
  })
})
