import { eventually, TcpProxy } from '@kilomega/testing'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'
import { MailServer } from './mail-server.js'
import { MailWorld } from './mail-world.js'

/** Hours become seconds here: two of them are 72 s, at a hundredth of the scale. */
const scale = 100
const mailAwayMs = byForm(9_000, 7_200_000 / scale)
const databaseAwayMs = byForm(2_000, 600_000 / scale)
const mails = byForm(150, 5_000)
const settledWithinMs = byForm(90_000, 480_000)
const scaled = {
  NOTIFICATIONS_RETRY_FIRST_MS: String(2_000 / scale),
  NOTIFICATIONS_RETRY_LONGEST_MS: String(7_200_000 / scale),
  NOTIFICATIONS_RETRY_FOR_MS: String(86_400_000 / scale),
  QUEUE_REDRIVE_MS: '2000',
}
const dead = 'SELECT count(*) FROM notifications.dead_letter'
const failed = 'SELECT count(*) FROM notifications.mail_failed'
const parked = 'SELECT count(*) FROM notifications.mail_parked'
const attempts = 'SELECT count(*) FROM notifications.mail_attempt'

const passes = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Closes the port and breaks open connections. */
function takeAway(proxy: TcpProxy): void {
  proxy.refuse()
  proxy.reset()
}

describe('Mails while their server is away for hours, and the database for some minutes of them', () => {
  holds('R11', 'none becomes a dead letter, and each arrives once when both are back', async (figures) => {
    const server = await MailServer.start({ recognisesRepeats: true })
    const mailProxy = await TcpProxy.open({ port: Number(new URL(server.url).port) })
    const settings = { ...scaled, NOTIFICATIONS_SMTP_RECOGNISES_REPEATS: 'true' }
    const world = await MailWorld.open({ url: `smtp://127.0.0.1:${mailProxy.port}` }, settings)
    const databaseUrl = new URL(world.database.url)
    const databaseProxy = await TcpProxy.open({ port: Number(databaseUrl.port) })
    databaseUrl.host = `127.0.0.1:${databaseProxy.port}`
    try {
      await world.start('worker', { DATABASE_URL: databaseUrl.href })
      await world.addPending('welcome', mails)
      await eventually(() => server.taken.size > mails / 10, 60_000)
      const before = server.taken.size
      takeAway(mailProxy)
      await passes(mailAwayMs / 3)
      takeAway(databaseProxy)
      await passes(databaseAwayMs)
      await databaseProxy.heal()
      await passes((mailAwayMs * 2) / 3 - databaseAwayMs)
      expect(server.taken.size).toBeLessThan(mails)
      figures.faultsHit = before < mails ? 2 : 0
      const healedMs = performance.now()
      await mailProxy.heal()
      await world.settled(settledWithinMs)

      figures.recoveryMs = performance.now() - healedMs
      figures.accepted = mails
      figures.effects = server.taken.size
      figures.lost = mails - server.taken.size
      figures.duplicates = server.duplicates
      const left = { dead: await world.count(dead), failed: await world.count(failed), parked: await world.count(parked) }
      expect({ ...figures, ...left }).toMatchObject({ effects: mails, lost: 0, duplicates: 0, faultsHit: 2, dead: 0, failed: 0, parked: 0 })
      // Attempts that the outage cost: one for each mail that was being sent when its connection broke.
      expect((await world.count(attempts)) - mails).toBeLessThanOrEqual(4 * 8)
    } finally {
      await world.close()
      await Promise.all([mailProxy.close(), databaseProxy.close()])
      await server.stop()
    }
  })
})

/** Of a hundred addresses 20 are answered 451 and 10 are asked to wait, each three times; 5 are refused permanently, and 10 are cut off once. */
const retryAfterMs = 2_000
const timesRefused = 3

describe('Mails through a server that temporarily refuses every third', () => {
  holds(
    'R11',
    'all arrive except those that are refused permanently, which are tried once; none is retried before the server allows it',
    async (figures) => {
      const places = new Map<string, number>()
      const placeOf = (address: string): number => places.get(address) ?? (places.set(address, places.size % 100), places.get(address)!)
      const kind = (address: string): 'passing' | 'wait' | 'for good' | 'reset' | 'taken' => {
        const place = placeOf(address)
        return place < 20 ? 'passing' : place < 30 ? 'wait' : place < 35 ? 'for good' : place < 45 ? 'reset' : 'taken'
      }
      const server = await MailServer.start({
        answer: (address, time) => {
          const is = kind(address)
          if (is === 'for good') return { code: 550, words: 'No such mailbox' }
          if (is === 'reset' && time === 1) return 'reset'
          if (is === 'passing' && time <= timesRefused) return { code: 451, words: 'Try again later' }
          return is === 'wait' && time <= timesRefused ? { code: 450, words: `Try again in ${retryAfterMs / 1_000} seconds` } : undefined
        },
      })
      const world = await MailWorld.open(server, scaled)
      try {
        await world.start()
        await world.addPending('password-changed', mails)
        await world.settled(settledWithinMs)
        const tried = [...server.triedMs].map(([address, timesMs]) => ({ is: kind(address), timesMs }))
        const forGood = tried.filter(({ is }) => is === 'for good')
        const tooSoon = tried.filter(({ is, timesMs }) => is === 'wait' && timesMs.some((ms, at) => at > 0 && ms - timesMs[at - 1]! < retryAfterMs))
        figures.accepted = mails - forGood.length
        figures.effects = server.taken.size
        figures.lost = figures.accepted - server.taken.size
        figures.duplicates = server.duplicates
        figures.faultsHit = tried.filter(({ is }) => is !== 'taken').length
        expect({ ...figures, dead: await world.count(dead) }).toMatchObject({ lost: 0, duplicates: 0, dead: 0 })
        expect({ repeated: forGood.filter(({ timesMs }) => timesMs.length > 1).length, tooSoon: tooSoon.length }).toEqual({ repeated: 0, tooSoon: 0 })
        expect(figures.faultsHit).toBeGreaterThan(mails / 3)
      } finally {
        await world.close()
        await server.stop()
      }
    },
  )
})
