import { describeWithOwnNats, eventually } from '@kilomega/testing'
import { EventWorld } from './event-world.js'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'

const events = byForm(2_000, 10_000)
const kills = byForm(1, 3)
const awayMs = byForm(500, 2_000)
const settledWithinMs = byForm(60_000, 300_000)

describeWithOwnNats('NATS is killed while events are on their way', () => {
  let world: EventWorld | undefined
  beforeAll(async () => {
    world = await EventWorld.open()
  }, 120_000)
  afterAll(() => world?.close())

  holds('R7', 'none is lost, and none takes effect twice', async (figures) => {
    figures.accepted = events
    figures.faultsHit = 0
    await world!.publish(events)
    for (let kill = 1; kill <= kills; kill += 1) {
      await eventually(async () => (await world!.undelivered()) < events - (events * (kill - 1)) / (kills + 1), settledWithinMs)
      await world!.nats.server.kill()
      if ((await world!.undelivered()) > 0) figures.faultsHit += 1
      await new Promise((resolve) => setTimeout(resolve, awayMs))
      await world!.nats.restart()
    }
    await world!.settled(settledWithinMs)
    figures.effects = world!.mails.taken.size
    figures.lost = events - figures.effects
    figures.duplicates = world!.mails.duplicates
    expect(figures).toMatchObject({ effects: events, lost: 0, duplicates: 0 })
    expect(figures.faultsHit).toBeGreaterThan(0)
  })
})
