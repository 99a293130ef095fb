import { byForm } from './full-form.js'
import { type Figures, holds } from './ledger.js'
import { MailServer, type MailServerOptions } from './mail-server.js'
import { MailWorld } from './mail-world.js'

const mails = byForm(150, 10_000)
const kills = byForm(2, 10)
const killEveryMs = byForm(0, 4_000)
const dropShare = 0.1
/** Mails that one worker sends concurrently. */
const atOnce = 8
const settledWithinMs = byForm(60_000, 480_000)

const counts = {
  parked: `SELECT count(*) FROM notifications.mail_parked`,
  resent: `
    SELECT count(*) FROM notifications.mail_attempt AS one
    WHERE outcome = 'unknown' AND EXISTS (SELECT FROM notifications.mail_attempt AS later WHERE later.mail_id = one.mail_id AND later.attempt > one.attempt)`,
}

/** Shorter times, so that work left by a process that died is found soon. */
const patience = { QUEUE_LOCK_MS: byForm('1500', '5000'), NOTIFICATIONS_SENDING_LEASE_MS: byForm('1500', '5000'), QUEUE_REDRIVE_MS: '5000' }

/** Sends mails with one worker that is killed again and again; returns the outcomes. */
async function send(template: string, sink: MailServerOptions, figures: Figures) {
  const server = await MailServer.start({ dropShare, ...sink })
  const settings = { ...patience, NOTIFICATIONS_SMTP_RECOGNISES_REPEATS: String(sink.recognisesRepeats ?? false) }
  const world = await MailWorld.open(server, settings)
  try {
    await world.start()
    await world.addPending(template, mails)
    figures.faultsHit = 0
    for (let kill = 0; kill < kills; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, killEveryMs))
      if (!(await world.killWhileSending())) break
      figures.faultsHit += 1
      await world.start()
    }
    await world.settled(settledWithinMs)
    const [parked, resent] = [await world.count(counts.parked), await world.count(counts.resent)]
    figures.accepted = mails
    figures.effects = server.taken.size
    figures.duplicates = server.duplicates
    figures.unknown = parked
    figures.lost = mails - server.taken.size
    return { parked, resent, ambiguous: server.dropped }
  } finally {
    await world.close()
    await server.stop()
  }
}

describe('Mails through a server that accepts one in ten without an answer, sent by a worker that is killed', () => {
  const byKills = kills * atOnce

  holds('R13', 'all arrive once if the server recognises repeats', async (figures) => {
    await send('welcome', { recognisesRepeats: true }, figures)
    expect(figures).toMatchObject({ effects: mails, lost: 0, duplicates: 0 })
    expect(figures.faultsHit).toBeGreaterThan(0)
  })

  holds('R13', 'at-most-once mails never arrive twice: those that may have been sent are parked', async (figures) => {
    const { parked, ambiguous } = await send('welcome', {}, figures)
    expect(figures.duplicates).toBe(0)
    expect(parked).toBeGreaterThanOrEqual(ambiguous)
    expect(parked).toBeLessThanOrEqual(ambiguous + byKills)
    // A parked mail may never have been sent; all others have arrived.
    expect(figures.lost).toBeLessThanOrEqual(parked - ambiguous)
    expect(figures.faultsHit).toBeGreaterThan(0)
  })

  holds('R13', 'mails that an account needs are never lost: those that may have been sent are sent again', async (figures) => {
    const { parked, resent, ambiguous } = await send('password-changed', {}, figures)
    expect({ lost: figures.lost, parked }).toEqual({ lost: 0, parked: 0 })
    expect(figures.duplicates).toBeLessThanOrEqual(resent)
    expect(resent).toBeLessThanOrEqual(ambiguous + byKills)
    expect(figures.faultsHit).toBeGreaterThan(0)
  })
})
