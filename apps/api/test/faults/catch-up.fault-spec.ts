import { describeWithOwnNats, eventually } from '@kilomega/testing'
import { Fleet } from './fleet.js'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'
import { MailServer } from './mail-server.js'

const events = byForm(100, 1_000)
const awayMs = byForm(5_000, 60_000)
const caughtUpWithinMs = 30_000
/** Fewer than may wait for their password to be hashed; more would be refused. */
const atOnce = 10
const clientDeadlineMs = 20_000

const pending = `
  SELECT (SELECT count(*) FROM identity.delivery)
       + (SELECT count(*) FROM notifications.mail WHERE NOT EXISTS (SELECT FROM notifications.mail_sent WHERE mail_id = mail.id)) AS count`
const mails = `SELECT count(*) FROM notifications.mail WHERE template = 'verification'`

describeWithOwnNats('The notification service is away while people register', () => {
  let fleet: Fleet
  let mailServer: MailServer
  beforeAll(async () => {
    mailServer = await MailServer.start()
    const settings = {
      NOTIFICATIONS_MAIL_DRIVER: 'smtp',
      NOTIFICATIONS_SMTP_URL: mailServer.url,
      HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '1000000',
      // The relay publishes unconfirmed events again and again, so that the stream holds several copies of each.
      RELAY_CONFIRM_MS: '2000',
    }
    fleet = await Fleet.open({ apis: 1, remote: ['notifications'], instances: 1, settings })
  }, 120_000)
  afterAll(async () => {
    await fleet?.close()
    await mailServer.stop()
  })

  async function register(email: string): Promise<number> {
    const { status } = await fetch(new URL('/v1/accounts', fleet.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: 'a long and salty password', name: 'Sailor' }),
      signal: AbortSignal.timeout(clientDeadlineMs),
    })
    return status
  }

  /** Returns the accepted addresses. */
  async function registerAll(): Promise<string[]> {
    const emails = Array.from({ length: events }, (_, index) => `sailor-${index}@example.org`)
    const accepted: string[] = []
    const crew = emails.values()
    const one = async (): Promise<void> => {
      for (const email of crew) if ((await register(email)) === 202) accepted.push(email)
    }
    await Promise.all(Array.from({ length: atOnce }, one))
    return accepted
  }

  holds('CATCH-UP', 'when it is back, everybody soon gets their mail, and nobody gets two', async (figures) => {
    expect(await register('first@example.org')).toBe(202)
    await eventually(() => mailServer.taken.has('first@example.org'), 30_000)
    await eventually(async () => (await fleet.count(pending)) === 0, 30_000)

    const away = new Promise((resolve) => setTimeout(resolve, awayMs))
    await fleet.services.processes[0]!.kill()
    const accepted = await registerAll()
    await away
    figures.faultsHit = events + 1 - (await fleet.count(mails))
    const backMs = performance.now()
    await fleet.services.start('notifications')
    await eventually(() => accepted.every((email) => mailServer.taken.has(email)), 2 * caughtUpWithinMs)
    figures.recoveryMs = performance.now() - backMs
    await eventually(async () => (await fleet.count(pending)) === 0, 30_000)

    figures.accepted = accepted.length
    figures.effects = (await fleet.count(mails)) - 1
    figures.lost = accepted.filter((email) => !mailServer.taken.has(email)).length
    figures.duplicates = [...mailServer.taken.values()].reduce((sum, count) => sum + count - 1, 0)
    expect(figures).toMatchObject({ accepted: events, effects: events, lost: 0, duplicates: 0, faultsHit: events })
    expect(figures.recoveryMs).toBeLessThanOrEqual(caughtUpWithinMs)
  })
})
