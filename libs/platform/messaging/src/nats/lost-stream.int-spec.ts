import { setTimeout as wait } from 'node:timers/promises'
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { describeWithOwnNats, eventually, openNats, type TestNats } from '@kilomega/testing'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { deleteStream } from '../../test/delete-stream.js'
import { record, relayConfig, ToldShips } from '../../test/told-ships.js'
import { NatsSide } from '../../test/nats-side.js'
import { EventStream } from './event-stream.js'
import type { Kept } from './stream-watch.js'
import { streamName } from './subjects.js'

const named = (count: number) => Array.from({ length: count }, (_, index) => `ship-${String(index).padStart(3, '0')}`)
/** So late that nothing comes again by itself while a test waits. */
const confirmMs = 900_000

let nats: TestNats
let ships: ToldShips
let observer: NatsConnection
let manager: JetStreamManager

const messages = async () => (await manager.streams.info(streamName)).state.messages
const heard = (count: number) => eventually(async () => expect(await ships.losses()).toEqual(named(count)), 20_000)
const losses = () => ships.opened.metrics.read('events_stream_losses_total')
/** Nothing is due, so all that is owed has been given to the stream, which says that it has it. */
const given = async (count: number) => {
  await eventually(async () => expect(await messages()).toBe(count), 10_000)
  const later = `SELECT event_id FROM harbour.delivery WHERE due_at > now() + interval '1 minute'`
  await eventually(async () => expect(await ships.rows(later)).toHaveLength(count), 10_000)
}

const dueAt = () => ships.rows<{ id: string; at: string }>('SELECT event_id AS id, due_at::text AS at FROM harbour.delivery')

/** Told by one process, to a subscriber that is away. */
async function told(count: number): Promise<void> {
  await (await ships.hear(record)).stop()
  await ships.sink(...named(count))
  await given(count)
}

describeWithOwnNats('What a stream has lost', () => {
  beforeAll(async () => {
    nats = await openNats({ own: true })
    observer = await connect({ servers: nats.url })
    manager = await jetstreamManager(observer)
  })
  beforeEach(async () => {
    await deleteStream(nats.url)
    ships = await ToldShips.open(nats.url, { confirmMs })
  })
  afterEach(() => ships.close())
  afterAll(async () => {
    await observer.close()
    await nats.close()
  })

  it('because it was deleted comes again at once', async () => {
    await told(50)
    await manager.streams.delete(streamName)
    await ships.hear(record)
    await heard(50)
    expect(await losses()).toBe(1)
  })

  it('because somebody emptied it comes again at once, and is not taken for a repeat', async () => {
    await told(50)
    await manager.streams.purge(streamName)
    await eventually(async () => expect(await losses()).toBe(1), 10_000)
    await eventually(async () => expect(await messages()).toBe(50), 10_000)
    await ships.hear(record)
    await heard(50)
  })

  it('while no process looked comes again when one starts', async () => {
    await told(50)
    await ships.stopTelling()
    await manager.streams.delete(streamName)
    ships.startTelling({ confirmMs })
    await ships.hear(record)
    await heard(50)
  })

  it('before a process started is what was told outside of the time that the stream remembers, and the rest is not given again', async () => {
    await eventually(() => manager.streams.info(streamName))
    // What is told in the first 2 ms of a stream counts as told before it.
    await wait(10)
    await told(50)
    await ships.stopTelling()
    const { created } = await manager.streams.info(streamName)
    await ships.rows(`UPDATE harbour.outbox SET occurred_at = $1::timestamptz + interval '1 ms'`, [created])
    const [before] = await ships.rows<{ id: string }>(
      `UPDATE harbour.outbox SET occurred_at = $1::timestamptz - interval '1 ms' WHERE payload ->> 'name' = 'ship-007' RETURNING id`,
      [created],
    )
    const dues = await dueAt()
    ships.startTelling({ confirmMs, leaseMs: 1 })
    const changed = async () => (await dueAt()).filter((row) => !dues.some(({ id, at }) => row.id === id && row.at === at)).map(({ id }) => id)
    await eventually(async () => expect(await changed()).toContain(before!.id), 10_000)
    expect(await changed()).toEqual([before!.id])
    expect(await losses()).toBe(0)
  })

  it('is noticed by a process that may not look at it, by its consumers', async () => {
    const side = new NatsSide({ url: nats.url })
    const stream = new EventStream(side.link, side.config, relayConfig, side.signals, ships.opened.metrics)
    const lost: Kept[] = []
    stream.onLost((kept) => lost.push(kept))
    let made = 0
    void stream.keep('consumer', async (_, itsManager) => {
      await stream.ensureConsumer(itsManager, { subscriber: 'insurer.pay:harbour.ship-sank', eventName: 'harbour.ship-sank', ackWithinMs: 1_000 })
      made += 1
    })
    await eventually(() => made >= 2, 10_000)
    expect(lost).toEqual([])
    await manager.streams.delete(streamName)
    await eventually(() => lost.length === 1, 10_000)
    stream.onModuleDestroy()
    await side.close()
  })
})
