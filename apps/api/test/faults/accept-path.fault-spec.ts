import { describeWithOwnNatsAndRedis, eventually, openRedis, type TestRedis } from '@kilomega/testing'
import { Fleet } from './fleet.js'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'
import { Load } from './load.js'
import { MailServer } from './mail-server.js'
import { countEnds, quantileMs, succeeded } from './outcomes.js'

const requests = byForm(80, 500)
const perSecond = byForm(20, 50)
/** The short form shares its machine with other tests. */
const p99Ms = byForm(2_000, 300)
const deliveredWithinMs = 30_000

describeWithOwnNatsAndRedis('The queue hangs and the broker is gone', () => {
  let [mailServer, redis, fleet]: [MailServer?, TestRedis?, Fleet?] = []
  beforeAll(async () => {
    mailServer = await MailServer.start()
    redis = await openRedis()
    const settings = {
      QUEUE_BACKEND: 'redis',
      QUEUE_REDIS_URL: redis.url,
      NOTIFICATIONS_MAIL_DRIVER: 'smtp',
      NOTIFICATIONS_SMTP_URL: mailServer.url,
      HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '1000000',
    }
    fleet = await Fleet.open({ apis: 1, remote: ['search'], instances: 1, settings })
  }, 120_000)
  afterAll(async () => {
    await fleet?.close()
    await redis?.close()
    await mailServer?.stop()
  })

  const accounts = `INSERT INTO identity.account (email, name, password_hash, created_at) SELECT 'sailor-' || n || '@example.org', 'Sailor', 'none', now() FROM generate_series(0, $1) AS n`

  holds('R6', 'requests are accepted with the database alone, and their work is done when both are back', async (figures) => {
    figures.backend = 'redis'
    await fleet!.database.database.write((transaction) => transaction.query(accounts, [requests]))
    await redis!.server.pause()
    await fleet!.services.nats.server.kill()
    figures.faultsHit = 2
    const next = (index: number) => ({ kind: 'reset', method: 'POST', path: '/v1/password-resets', json: { email: `sailor-${index}@example.org` } })
    const load = Load.start({ url: fleet!.url, perSecond, deadlineMs: 10_000, next })
    await eventually(() => load.nowMs() >= (requests / perSecond) * 1_000, 120_000)
    const outcomes = await load.stop()
    figures.accepted = outcomes.filter(succeeded).length
    figures.p99Ms = quantileMs(outcomes, 0.99)
    expect(Object.keys(countEnds(outcomes))).toEqual(['202'])
    expect(mailServer!.taken.size).toBe(0)

    redis!.server.resume()
    await fleet!.services.nats.restart()
    const backMs = performance.now()
    await eventually(() => mailServer!.taken.size === outcomes.length, 2 * deliveredWithinMs)
    figures.recoveryMs = performance.now() - backMs
    figures.effects = mailServer!.taken.size
    figures.lost = outcomes.length - figures.effects
    figures.duplicates = mailServer!.duplicates
    expect(figures).toMatchObject({ lost: 0, duplicates: 0 })
    expect(figures.p99Ms).toBeLessThanOrEqual(p99Ms)
    expect(figures.recoveryMs).toBeLessThanOrEqual(deliveredWithinMs)
  })
})
