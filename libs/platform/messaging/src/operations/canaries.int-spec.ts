import { HealthBoard } from '@kilomega/observability'
import { eventually } from '@kilomega/testing'
import { record, relayConfig, EventShips } from '../../test/event-ships.js'
import { Canaries } from './canaries.js'
import { CanaryWatch } from './canary-watch.js'
import { Ledgers } from './ledgers.js'

const config = { ...relayConfig, canaryMs: 100 }

describe('canaries', () => {
  let ships: EventShips
  let canaries: Canaries
  let health: HealthBoard
  beforeEach(async () => {
    ships = await EventShips.open()
    health = new HealthBoard()
    const { databases, metrics, signals } = ships.opened
    const local = { implementations: [{}, {}] } as never
    canaries = new Canaries(new Ledgers(databases), local, config, ships.wakeUp, new CanaryWatch(health, metrics, signals))
    canaries.onApplicationBootstrap()
  })
  afterEach(async () => {
    await canaries.beforeApplicationShutdown()
    await ships.close()
  })

  const sent = () => ships.rows<{ id: string }>('SELECT event_id AS id FROM harbour.canary')
  const signalNames = () => ships.opened.signals.emitted.map(({ name }) => name)

  it('are answered by subscribers again and again, have no effect, and leave one row', async () => {
    await ships.hear(record)
    const seen = new Set<string>()
    await eventually(async () => {
      for (const { id } of await sent()) seen.add(id)
      return seen.size >= 3
    }, 10_000)
    expect(await ships.losses()).toEqual([])
    expect(await ships.rows('SELECT 1 FROM harbour.outbox')).toHaveLength(1)
    expect(await ships.rows('SELECT 1 FROM insurer.inbox')).toEqual([])
    expect(await canaries.late()).toEqual([])
    expect((await health.report()).checks).toMatchObject([{ name: 'consumers', up: true }])
  }, 20_000)

  it('that are not answered are reported once, by name, and the process stays ready', async () => {
    await (await ships.hear(record)).stop()
    const late = { schema: 'harbour', subscriber: 'insurer.pay:harbour.ship-sank' }
    await eventually(async () => expect(await canaries.late()).toMatchObject([late]), 10_000)
    await eventually(() => expect(signalNames()).toContain('relay.no-live-consumer'))
    const { ready, checks } = await health.report()
    expect(ready).toBe(true)
    expect(checks).toMatchObject([{ name: 'consumers', up: false, problem: `no live consumer: ${late.subscriber}` }])
    await ships.hear(record)
    await eventually(async () => expect(await canaries.late()).toEqual([]), 10_000)
    expect(signalNames().filter((name) => name === 'relay.no-live-consumer')).toHaveLength(1)
  }, 20_000)
})
