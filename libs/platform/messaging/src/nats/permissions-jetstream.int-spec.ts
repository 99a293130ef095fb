import { port, query } from '@kilomega/ports'
import { describeWithOwnNats, eventually, MetricsRecorder, openNats, type TestNats } from '@kilomega/testing'
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { type NatsConnection } from '@nats-io/transport-node'
import { z } from 'zod'
import { createOwn, durables, infoOfOwn, nextOfOwn, ownConsumer } from '../../test/nats-attempts.js'
import { configurationWithWitness, inboxOf, Intruder, keys, Witness } from '../../test/nats-members.js'
import { NatsSide } from '../../test/nats-side.js'
import { relayConfig } from '../../test/event-ships.js'
import { EventStream } from './event-stream.js'
import { NatsStrategy } from './nats-strategy.js'

abstract class IdentityPort extends port('identity', {
  find: query({ input: z.object({}), output: z.string(), timeoutMs: 5_000, access: 'anyone' }),
}) {}

let nats: TestNats
let api: NatsSide
let stream: EventStream
let witness: Witness
let manager: JetStreamManager
let intruder: Intruder
let search: NatsConnection
let handled = 0

const refused = () => api.signals.of('port.message-refused')
const streamInfo = () => manager.streams.info('EVENTS')
const makeConsumer = (changes: object = {}) =>
  search.request(createOwn, JSON.stringify({ stream_name: 'EVENTS', config: { ...ownConsumer, ...changes } }), { timeout: 5_000 })
/** A queue group gets no messages from a consumer that does not name the group. */
const asCalls = { deliver_subject: 'port.identity', deliver_group: 'port-identity' }
const publishEvent = async () => {
  witness.connection.publish('event.content.post-published', 'told')
  await eventually(async () => (await streamInfo()).state.messages === 1)
}

describeWithOwnNats('A message that JetStream sends for a service that was taken over', () => {
  beforeAll(async () => {
    nats = await openNats({ configuration: configurationWithWitness() })
    witness = await Witness.enter(nats.url)
    manager = await jetstreamManager(witness.connection)
    api = await NatsSide.open({ url: nats.url, key: keys.api, trusts: Object.values(keys) })
    await api.serve(IdentityPort, { find: () => ((handled += 1), 'found') })
    stream = new EventStream(api.link, api.config, relayConfig, api.signals, new MetricsRecorder())
    stream.own()
    intruder = await Intruder.enter(nats.url, 'search')
    search = intruder.connection
  })
  beforeEach(async () => {
    await eventually(streamInfo)
    await manager.consumers.delete('EVENTS', durables.search).catch(() => undefined)
    await manager.streams.purge('EVENTS')
    api.signals.emitted.length = 0
    handled = 0
  })
  afterAll(async () => {
    stream.onModuleDestroy()
    await Promise.all([api, search, witness.connection].map((one) => one.close()))
    await nats.close()
  })

  it.each<[string, () => Promise<void>]>([
    ['the next event', async () => void (await makeConsumer(), await publishEvent(), search.publish(nextOfOwn, '', { reply: 'port.identity' }))],
    ['an answer', async () => void (await makeConsumer(), search.publish(infoOfOwn, '', { reply: 'port.identity' }))],
    ['the acknowledgement of an event', async () => search.publish('event.search.rebuilt', '', { reply: 'port.identity' })],
    ['all events that it hears', async () => void (await publishEvent(), await makeConsumer(asCalls))],
    [
      'all events that it hears, without acknowledgement',
      async () => void (await publishEvent(), await makeConsumer({ ...asCalls, ack_policy: 'none' })),
    ],
  ])('S29: is not taken for a call of a port: %s', async (_, send) => {
    await send()
    await eventually(() => expect(refused()).toHaveLength(1))
    expect([handled, intruder.refusals]).toEqual([0, []])
  })

  it('S29: may delete the stream, which its owner recreates as it was', async () => {
    const { config, created } = await streamInfo()
    await makeConsumer()
    search.publish(nextOfOwn, JSON.stringify({ batch: 1, no_wait: true }), { reply: '$JS.API.STREAM.DELETE.EVENTS' })
    await search.flush()
    // Newer servers may no longer delete it: then this does.
    await manager.streams.delete('EVENTS').catch(() => undefined)
    await eventually(async () => expect((await streamInfo()).created).not.toBe(created), 20_000)
    expect((await streamInfo()).config).toEqual(config)
  })

  it('S29: cannot reach the inbox for the replies of another port, because each port has its own inbox, which others do not see', async () => {
    const replies: string[] = []
    for (const name of ['search', 'media']) witness.connection.subscribe(`port.${name}`, { callback: (_, { reply }) => void replies.push(reply!) })
    await witness.connection.flush()
    const envelope = { operation: 'find', input: {}, timeLeftMs: 5_000, actor: { kind: 'system' as const }, trace: { requestId: 'r' } }
    for (const portName of ['search', 'media', 'search']) {
      const call = api.remote.transportTo({ portName } as typeof IdentityPort)({ ...envelope, port: portName })
      call.catch(() => undefined)
    }
    await eventually(() => replies.length === 3)
    const [first, other, again] = replies.map((reply) => reply.slice(0, reply.lastIndexOf('.')))
    expect(first).toMatch(new RegExp(`^${inboxOf('api')}\\.[\\w-]{12}$`))
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })
})

describeWithOwnNats('A service that starts before all owners of the stream', () => {
  it('S29: waits for it without requests that it may not make, and then gets the events', async () => {
    const own = await openNats({ configuration: configurationWithWitness() })
    const sides = await Promise.all((['search', 'api'] as const).map((name) => NatsSide.open({ url: own.url, key: keys[name] })))
    const [waiting, owning] = sides.map((side) => new EventStream(side.link, side.config, relayConfig, side.signals, new MetricsRecorder())) as [
      EventStream,
      EventStream,
    ]
    const hearing = { subscriber: 'search.putPublished:content.post-published', eventName: 'content.post-published', ackWithinMs: 30_000 }
    const heard: string[] = []
    void waiting.keepRunning('search', async (client, itsManager) => {
      const consumer = await client.consumers.get('EVENTS', await waiting.ensureConsumer(itsManager, hearing))
      const message = await consumer.next({ expires: 5_000 })
      if (message !== null) heard.push(message.string())
    })
    await eventually(() => sides[0]!.signals.of('events.stream-unavailable').length > 0)
    owning.own()
    await eventually(() => owning.publish('content.post-published', 'told', 'id:0').then(() => true))
    await eventually(() => expect(heard).toEqual(['told']), 10_000)
    expect(sides.flatMap(({ signals }) => signals.of('nats.refused'))).toEqual([])
    for (const stream of [waiting, owning]) stream.onModuleDestroy()
    await Promise.all(sides.map((side) => side.close()))
    await own.close()
  })
})

describeWithOwnNats('An application’s own message handler', () => {
  it('S29: replies to inboxes only', async () => {
    const own = await openNats({ own: true })
    const side = await NatsSide.open({ url: own.url })
    const strategy = new NatsStrategy(side.link, side.remote, { implementations: [] }, undefined as never, side.signals)
    let ran = 0
    strategy.addHandler('harbour.greet', async () => ((ran += 1), 'Ahoy'))
    await strategy.listen(() => undefined)
    const caller = await (await NatsSide.open({ url: own.url })).connected()
    const request = JSON.stringify({ id: '1', pattern: 'harbour.greet', data: {} })
    for (const reply of ['event.harbour.ship-sank', '$JS.API.STREAM.PURGE.EVENTS', 'port.harbour'])
      caller.publish('harbour.greet', request, { reply })
    await eventually(() => expect(side.signals.of('port.message-refused')).toHaveLength(3))
    expect(ran).toBe(0)
    const answer = (await caller.request('harbour.greet', request)).json()
    expect([answer, ran]).toEqual([expect.objectContaining({ response: 'Ahoy' }), 1])
    await Promise.all([caller.close(), side.close()])
    await own.close()
  })
})
