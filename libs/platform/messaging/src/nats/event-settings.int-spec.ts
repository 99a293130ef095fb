import { AckPolicy, type ConsumerConfig, DeliverPolicy, jetstreamManager } from '@nats-io/jetstream'
import { describeWithOwnNats, eventually, MetricsRecorder, openNats, type TestNats } from '@kilomega/testing'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { deleteStream } from '../../test/delete-stream.js'
import { configurationWithWitness, keys, Witness } from '../../test/nats-members.js'
import { NatsSide } from '../../test/nats-side.js'
import { record, relayConfig, EventShips } from '../../test/event-ships.js'
import { EventStream } from './event-stream.js'
import { durableName, streamName } from './subjects.js'

const durable = durableName('insurer.pay:harbour.ship-sank')
const subject = 'event.harbour.ship-sank'

let nats: TestNats
let ships: EventShips
let observer: NatsConnection

const manager = () => jetstreamManager(observer)
const consumer = async () => (await manager()).consumers.info(streamName, durable)
const heard = (names: string[]) => eventually(async () => expect(await ships.losses()).toEqual(names), 15_000)

describeWithOwnNats('The settings of the stream and its consumers', () => {
  beforeAll(async () => {
    nats = await openNats({ own: true })
  })
  beforeEach(async () => {
    await deleteStream(nats.url)
    observer = await connect({ servers: nats.url })
    ships = await EventShips.open(nats.url, { confirmMs: 300 })
  })
  afterEach(async () => {
    await ships.close()
    await observer.close()
  })
  afterAll(() => nats.close())

  const heardOnceWith = async (leaseMs: number) => {
    const hearer = await ships.hear(record, { config: { leaseMs } })
    await eventually(async () => expect((await consumer()).config.ack_wait).toBe(leaseMs * 1_000_000))
    await hearer.stop()
  }

  it('follow RELAY_LEASE_MS from one start to the next, up and down, and every event is heard once', async () => {
    await eventually(async () => (await manager()).streams.info(streamName))
    const { created } = await heardOnceWith(30_000).then(consumer)
    await ships.sink('ship-1')
    await heardOnceWith(60_000)
    await ships.sink('ship-2')
    await ships.hear(record, { config: { leaseMs: 5_000 } })
    await heard(['ship-1', 'ship-2'])
    const after = await consumer()
    expect(after.config.ack_wait).toBe(5_000 * 1_000_000)
    expect(after.created).toBe(created)
    expect(ships.opened.signals.of('events.stream-unavailable')).toEqual([])
  })

  it('follow RELAY_KEEP_DAYS', async () => {
    const maxAge = async () => (await (await manager()).streams.info(streamName)).config.max_age / 86_400_000_000_000
    for (const keepDays of [relayConfig.keepDays, 30, 1]) {
      await ships.stopPublishing()
      ships.startPublishing({ keepDays })
      await eventually(async () => expect(await maxAge()).toBe(keepDays), 10_000)
    }
    await ships.hear(record)
    await ships.sink('ship-1')
    await heard(['ship-1'])
  })

  it.each<[string, Partial<ConsumerConfig>]>([
    ['another filter', { filter_subject: 'event.harbour.>' }],
    ['a limit of deliveries', { max_deliver: 3 }],
    ['a limit of unacknowledged events', { max_ack_pending: 7 }],
    ['another acknowledgement, which JetStream does not change', { ack_policy: AckPolicy.None }],
    ['another start position, which JetStream does not change', { deliver_policy: DeliverPolicy.New }],
  ])('are those of this version if another version made the consumer with %s, and pending events are delivered', async (_, others) => {
    await eventually(async () => (await manager()).streams.info(streamName))
    const made = { durable_name: durable, filter_subject: subject, ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All }
    await (await manager()).consumers.add(streamName, { ...made, ...others })
    const { relay } = await ships.hear(record)
    expect(relay).toBeDefined()
    await ships.sink('ship-1', 'ship-2')
    await heard(['ship-1', 'ship-2'])
    const { config } = await consumer()
    expect(config).toMatchObject({
      filter_subject: subject,
      ack_policy: 'explicit',
      deliver_policy: 'all',
      ack_wait: relayConfig.leaseMs * 1_000_000,
    })
    expect(config.max_deliver ?? -1).toBe(-1)
    expect(config.max_ack_pending).toBe(1_000)
  })
})

describeWithOwnNats('An owner of the stream that has only an owner’s permissions', () => {
  it('changes its settings from one start to the next', async () => {
    const own = await openNats({ configuration: configurationWithWitness() })
    const witness = await Witness.enter(own.url)
    const maxAgeDays = async () => {
      const { config } = await (await jetstreamManager(witness.connection)).streams.info(streamName)
      return config.max_age / 86_400_000_000_000
    }
    for (const keepDays of [7, 30, 1]) {
      const side = await NatsSide.open({ url: own.url, key: keys.api })
      const stream = new EventStream(side.link, side.config, { ...relayConfig, keepDays }, side.signals, new MetricsRecorder())
      stream.own()
      await eventually(async () => expect(await maxAgeDays()).toBe(keepDays), 10_000)
      stream.onModuleDestroy()
      expect([...side.signals.of('nats.refused'), ...side.signals.of('events.stream-unavailable')]).toEqual([])
      await side.close()
    }
    await witness.connection.close()
    await own.close()
  })
})
