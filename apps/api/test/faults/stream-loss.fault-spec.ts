import { readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describeWithOwnNats, eventually } from '@kilomega/testing'
import { EventWorld } from './event-world.js'
import { byForm } from './full-form.js'
import { type Figures, holds } from './ledger.js'

const events = byForm(300, 5_000)
const replayedWithinMs = 60_000
const settledWithinMs = byForm(60_000, 300_000)
/** Events that the stream has not delivered by then are claimed from the ledger: later than it takes to damage the stream, so that the fault hits all of them. */
const confirmMs = 30_000

/** The files in which JetStream keeps the stream of events, newest last. */
const blocksIn = (folder: string) => join(folder, 'jetstream/$G/streams/EVENTS/msgs')

function cutNewest(folder: string): void {
  const newest = readdirSync(blocksIn(folder))
    .filter((name) => name.endsWith('.blk'))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .at(-1)!
  const file = join(blocksIn(folder), newest)
  truncateSync(file, Math.floor(statSync(file).size / 2))
}

const removeAll = (folder: string): void => rmSync(join(folder, 'jetstream/$G/streams/EVENTS'), { recursive: true })

describeWithOwnNats('The stream loses events that it had stored', () => {
  let world: EventWorld | undefined
  beforeAll(async () => {
    world = await EventWorld.open({ RELAY_CONFIRM_MS: String(confirmMs) })
  }, 120_000)
  afterAll(() => world?.close())

  /** How often the API has noticed that the stream was replaced. */
  const losses = () => world!.fleet.apis[0]!.said.filter((line) => line.includes('"events.stream-lost"')).length

  /** Damages the stream while no process consumes it: it then contains all events, and fewer later. */
  async function lose(figures: Figures, damage: (folder: string) => void): Promise<void> {
    const before = world!.mails.taken.size
    await world!.fleet.services.processes[0]!.kill()
    world!.fleet.services.processes.length = 0
    await world!.publish(events)
    const stored = `SELECT count(*) FROM identity.delivery WHERE state = 'published'`
    await eventually(async () => (await world!.fleet.count(stored)) === events, 60_000)
    await world!.nats.server.stop()
    damage(world!.nats.folder)
    figures.faultsHit = await world!.undelivered()
    await world!.nats.restart()
    const backMs = performance.now()
    await world!.fleet.services.start('notifications')
    await eventually(async () => (await world!.undelivered()) === 0, 2 * replayedWithinMs)
    figures.recoveryMs = performance.now() - backMs
    await world!.settled(settledWithinMs)
    figures.accepted = events
    figures.effects = world!.mails.taken.size - before
    figures.lost = events - figures.effects
    figures.duplicates = world!.mails.duplicates
    expect(figures).toMatchObject({ effects: events, lost: 0, duplicates: 0, faultsHit: events })
    expect(figures.recoveryMs).toBeLessThanOrEqual(replayedWithinMs)
  }

  holds('R8', 'every event arrives although half of the newest file is gone', (figures) => lose(figures, cutNewest))

  holds('R8', 'every event arrives although all files of the stream are gone, and the loss is logged', async (figures) => {
    const lossesBefore = losses()
    await lose(figures, removeAll)
    // The owner of the stream looks for it every 2 seconds; the ledger may be faster.
    await eventually(() => expect(losses()).toBe(lossesBefore + 1), 10_000)
  })
})
