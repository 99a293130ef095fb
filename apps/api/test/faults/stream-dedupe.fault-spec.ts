import { describeWithOwnNats, eventually } from '@kilomega/testing'
import { EventWorld } from './event-world.js'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'

const events = byForm(200, 1_000)
const windowMs = 2_000
const unreadable = byForm(20, 100)
const maxAttempts = 5
const settledWithinMs = 120_000

describeWithOwnNats('Events are published again when the stream no longer recognises them as duplicates', () => {
  let world: EventWorld | undefined
  beforeAll(async () => {
    const settings = {
      NATS_DEDUPE_WINDOW_MS: String(windowMs),
      RELAY_MAX_ATTEMPTS: String(maxAttempts),
      RELAY_BACKOFF_MS: '1',
      RELAY_POLL_MS: '100',
      // An event that the stream took for a duplicate would arrive only after this time, and so too late.
      RELAY_CONFIRM_MS: '600000',
    }
    world = await EventWorld.open(settings)
  }, 120_000)
  afterAll(() => world?.close())

  holds('R9', 'each takes effect once, because of the inbox', async (figures) => {
    await world!.publish(events)
    await world!.settled(settledWithinMs)
    // The server's own clock decides, so wait one and a half times its window.
    await new Promise((resolve) => setTimeout(resolve, windowMs * 1.5))
    await world!.redeliver()
    figures.faultsHit = await world!.undelivered()
    await world!.settled(settledWithinMs)
    figures.accepted = events
    figures.effects = world!.mails.taken.size
    figures.lost = events - figures.effects
    figures.duplicates = world!.mails.duplicates
    expect(figures).toMatchObject({ effects: events, lost: 0, duplicates: 0 })
    expect(figures.faultsHit).toBeGreaterThan(0)
  })

  holds('R9', 'an event that always fails becomes a dead letter after its last attempt, and is not delivered again', async (figures) => {
    await world!.publishUnreadable(unreadable)
    const dead = `SELECT count(*) FROM identity.dead_letter`
    await eventually(async () => (await world!.fleet.count(dead)) === unreadable, settledWithinMs)
    figures.accepted = unreadable
    figures.unknown = await world!.fleet.count(dead)
    figures.effects = world!.mails.taken.size - events
    expect(await world!.undelivered()).toBe(0)
    expect(await world!.fleet.count('SELECT count(*) FROM identity.dead_letter WHERE attempts <> $1', [maxAttempts])).toBe(0)
    expect(figures).toMatchObject({ unknown: unreadable, effects: 0 })
  })
})
