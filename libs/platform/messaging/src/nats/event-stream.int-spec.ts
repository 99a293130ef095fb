import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { describeWithOwnNats, eventually, openNats, type TestNats } from '@kilomega/testing'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { deleteStream } from '../../test/delete-stream.js'
import { record, EventShips } from '../../test/event-ships.js'
import type { Delivery } from '../subscription.js'
import { durableName, streamName } from './subjects.js'
import { encodeEvent } from './wire-event.js'

const subject = 'event.harbour.ship-sank'
const durable = durableName('insurer.pay:harbour.ship-sank')
const everyEvent = `
  SELECT id, name, payload, request_id AS "requestId", occurred_at AS "occurredAt", 0 AS attempt FROM harbour.outbox ORDER BY id`
const named = (count: number) => Array.from({ length: count }, (_, index) => `ship-${String(index).padStart(4, '0')}`)

let nats: TestNats
let ships: EventShips
let observer: NatsConnection

/** A request to a server that has just started may be lost. With this short timeout it is sent again within the wait, and not only at its end. */
const manager = () => jetstreamManager(observer, { timeout: 1_000 })
const messages = async () => (await (await manager()).streams.info(streamName)).state.messages
const heard = (names: string[], withinMs = 10_000) =>
  eventually(async () => {
    const losses = await ships.losses()
    expect(losses).toHaveLength(names.length)
    expect(losses).toEqual(names)
  }, withinMs)
/** Resolves when no delivery is in progress any more, neither in the ledger nor in the stream. */
const settled = async () => {
  await eventually(async () => (await ships.undelivered()) === 0)
  await eventually(async () => {
    const { num_ack_pending, num_pending } = await (await manager()).consumers.info(streamName, durable)
    expect([num_ack_pending, num_pending]).toEqual([0, 0])
  })
}
/** Registers the subscriber, as at its first start, and stops it again. */
const registered = async () => (await ships.hear(record)).stop()

describeWithOwnNats('A stream of domain events', () => {
  beforeAll(async () => {
    nats = await openNats({ own: true })
  })
  beforeEach(async () => {
    await nats.restart()
    await deleteStream(nats.url)
    observer = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 })
    ships = await EventShips.open(nats.url, { confirmMs: 300 })
  })
  afterEach(async () => {
    await ships.close()
    await observer.close()
  })
  afterAll(() => nats.close())

  const published = async (count: number) => {
    await registered()
    await ships.sink(...named(count))
    await eventually(async () => (await messages()) === count)
  }

  it('that was deleted with its events is recreated, and the events arrive', async () => {
    await published(200)
    await deleteStream(nats.url)
    await ships.hear(record)
    await heard(named(200))
    await settled()
    expect(await ships.losses()).toEqual(named(200))
  })

  it('that lost its files while the server was down is recreated, and its events arrive', async () => {
    await published(200)
    await nats.server.kill()
    rmSync(join(nats.server['folder'], 'jetstream'), { recursive: true })
    await nats.restart()
    await ships.hear(record)
    await heard(named(200))
    await settled()
    expect(await ships.losses()).toEqual(named(200))
  })

  it('that is deleted while subscribers are running is recreated for them', async () => {
    await ships.hear(record)
    await ships.sink('ship-0000')
    await heard(named(1))
    await deleteStream(nats.url)
    await ships.sink('ship-0001')
    await heard(named(2), 20_000)
  })

  it('whose files are lost while subscribers are running is recreated for them', async () => {
    await ships.hear(record)
    await ships.sink('ship-0000')
    await heard(named(1))
    await nats.server.kill()
    rmSync(join(nats.server['folder'], 'jetstream'), { recursive: true })
    await ships.sink('ship-0001')
    await nats.restart()
    await heard(named(2), 20_000)
  })

  it('delivers 1,000 events through three crashes of the server: 1,000 effects, none lost and none twice', async () => {
    await Promise.all([ships.hear(record), ships.hear(record)])
    const names = named(1_000)
    for (let crash = 1; crash <= 3; crash += 1) {
      for (let batch = 0; batch < 5; batch += 1) await ships.sink(...names.splice(0, 60))
      await nats.server.kill()
      await ships.sink(...names.splice(0, 30))
      await nats.restart()
    }
    await ships.sink(...names)
    await heard(named(1_000), 20_000)
    await settled()
    expect(await ships.losses()).toEqual(named(1_000))
  })

  it('delivers each of 1,000 events twice, and each has its effect once', async () => {
    await registered()
    await ships.sink(...named(1_000))
    const rows = await ships.rows<Delivery>(everyEvent)
    const client = jetstream(observer)
    await Promise.all(rows.map((row) => client.publish(subject, encodeEvent(row), { msgID: `${row.id}:copy` })))
    await eventually(async () => (await messages()) >= 2_000)
    await Promise.all([ships.hear(record), ships.hear(record)])
    await heard(named(1_000))
    await settled()
    expect(await ships.losses()).toEqual(named(1_000))
  })

  it('does not speed up a waiting retry when it delivers a copy that is meant for another subscriber', async () => {
    let tries = 0
    const failOnce = async () => {
      tries += 1
      throw new Error('ink is out')
    }
    await (await ships.hear(record, { method: 'mourn' })).stop()
    // Always half of the longest wait, instead of random jitter.
    const jitter = jest.spyOn(Math, 'random').mockReturnValue(0.5)
    await ships.hear(failOnce, { config: { backoffMs: 900_000 } })
    await ships.sink('ship-0000')
    await eventually(() => ships.opened.signals.of('relay.delivery-failed').length === 1)
    await eventually(async () => (await ships.rows(`SELECT FROM harbour.delivery WHERE due_at > now() + interval '1 min'`)).length === 1)
    jitter.mockRestore()
    const [row] = await ships.rows<Delivery>(everyEvent)
    for (let copy = 1; copy <= 5; copy += 1) await jetstream(observer).publish(subject, encodeEvent(row!), { msgID: `${row!.id}:copy-${copy}` })
    await ships.hear(record, { method: 'mourn' })
    await heard(named(1))
    await eventually(async () => (await (await manager()).consumers.info(streamName, durable)).num_ack_pending === 0)
    expect(tries).toBe(1)
    expect(await ships.rows('SELECT attempts FROM harbour.delivery')).toEqual([{ attempts: 1 }])
  })

  it('delivers no event again of 100 that always fail, once they are dead letters', async () => {
    let tries = 0
    const never = () => Promise.reject(new Error(`no ${(tries += 1)}`))
    await ships.hear(never, { batch: 1, config: { maxAttempts: 5 } })
    await ships.sink(...named(100))
    await eventually(async () => (await ships.rows('SELECT event_id FROM harbour.dead_letter')).length === 100, 60_000)
    await settled()
    expect(tries).toBe(500)
    const { num_redelivered } = await (await manager()).consumers.info(streamName, durable)
    expect(num_redelivered).toBe(0)
  }, 90_000)

  it('may hold messages that are not events, or events that the ledger does not have; they do not hold up others and do not come again', async () => {
    await ships.hear(record)
    const stranger = { id: '01890000-0000-7000-8000-000000000000', name: 'harbour.ship-sank', payload: { name: 'Ghost' } }
    const client = jetstream(observer)
    const rubbish = ['', '{', 'null', '[]', '{}', '\u0000\u0001', '{"id":7}', '{"id":"no uuid"}', 'x'.repeat(600_000)]
    const strange = [
      stranger,
      { ...stranger, requestId: 'r', occurredAt: 'today', attempt: 0 },
      { ...stranger, requestId: 'r', occurredAt: 'today', attempt: 0, payload: 7 },
    ]
    await eventually(() => client.publish(subject, 'first').then(() => true))
    for (const text of [...rubbish, ...strange.map((value) => JSON.stringify(value))]) await client.publish(subject, text)
    await ships.sink('ship-0000')
    await heard(named(1))
    await settled()
    expect(await ships.losses()).toEqual(named(1))
    expect(ships.opened.signals.of('events.message-refused')).toHaveLength(rubbish.length + 2)
  })

  it('gives events that a process has fetched but not claimed to another at once when that process stops', async () => {
    let started = false
    let release = (): void => undefined
    const slow = new Promise<void>((resolve) => (release = resolve))
    const lease = { leaseMs: 60_000 }
    const first = await ships.hear(
      async (events, transaction) => {
        started = true
        await slow
        await record(events, transaction)
      },
      { batch: 5, config: lease },
    )
    await ships.sink(...named(15))
    await eventually(() => started)
    await eventually(async () => (await (await manager()).consumers.info(streamName, durable)).num_ack_pending >= 10)
    const stopped = first.stop()
    release()
    await stopped
    await ships.hear(record, { config: lease })
    await heard(named(15), 5_000)
  })

  it('may be unavailable: no event is lost, and the ledger has the pending deliveries', async () => {
    await ships.hear(record)
    await nats.server.kill()
    await ships.sink(...named(10))
    expect(await ships.undelivered()).toBe(10)
    await nats.restart()
    await heard(named(10))
  })
})
