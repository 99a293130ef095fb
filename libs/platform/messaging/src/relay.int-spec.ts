import { Broadcast, type Database, migration, type Transaction } from '@kilomega/database'
import { CurrentCall, currentCall, type DomainEvent, event, runCall, system } from '@kilomega/ports'
import { eventually, openDatabase, type TestDatabase } from '@kilomega/testing'
import { z } from 'zod'
import { DeliverySources } from './delivery-sources.js'
import { eventSubscription } from './event-subscription.js'
import { ledgerMigrations } from './ledger-migrations.js'
import type { EventStream } from './nats/event-stream.js'
import { PostgresOutbox } from './outbox.postgres.js'
import { Relay } from './relay.js'
import type { RelayConfig } from './relay.config.js'
import { WakeUp } from './wake-up.js'

const ShipSank = event('harbour.ship-sank', z.object({ name: z.string() }))
const createLoss = migration('202601010000-create-loss', 'CREATE TABLE insurer.loss (name text NOT NULL)')
const config: RelayConfig = { pollMs: 50, leaseMs: 1_000, maxAttempts: 3, backoffMs: 1, keepDays: 7 }

/** Rings nobody: relays find what is owed by looking. */
class SilentBroadcast extends Broadcast {
  async send(): Promise<void> {}
  async announce(): Promise<void> {}
  async listen(): Promise<() => void> {
    return () => {}
  }
}

type Hear = (events: DomainEvent<{ name: string }>[], transaction: Transaction) => Promise<void>

let opened: TestDatabase
let harbour: Database
let outbox: PostgresOutbox
let relays: Relay[]

beforeEach(async () => {
  opened = await openDatabase({
    modules: [
      { schema: 'harbour', migrations: [] },
      { schema: 'insurer', migrations: [createLoss] },
    ],
    platform: ledgerMigrations,
  })
  harbour = opened.databases.of('harbour')
  outbox = new PostgresOutbox(new WakeUp(new SilentBroadcast()))
  relays = []
})

afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.beforeApplicationShutdown()))
  await opened.close()
})

/** Without NATS. */
const sourcesOf = (config: RelayConfig) => new DeliverySources(opened.databases, config, { enabled: false } as EventStream)

async function relay(hear: Hear, more: { batch?: number; method?: string; config?: RelayConfig } = {}): Promise<Relay> {
  const { batch = 10, method = 'pay' } = more
  const relay = new Relay(sourcesOf(more.config ?? config), more.config ?? config, new WakeUp(new SilentBroadcast()), opened.signals, opened.metrics)
  relays.push(relay)
  const hearing = { event: ShipSank, method, batch }
  await relay.subscribe(eventSubscription({ hearing, instance: () => ({ [method]: hear }), database: opened.databases.of('insurer') }))
  return relay
}

const record: Hear = async (events, transaction) => {
  for (const { payload } of events) await transaction.query('INSERT INTO insurer.loss VALUES ($1)', [payload.name])
}
const sink = (...names: string[]) => harbour.write((transaction) => outbox.add(transaction, ...names.map((name) => ShipSank({ name }))))
const losses = async () =>
  (await harbour.read((queryable) => queryable.query<{ name: string }>('SELECT name FROM insurer.loss ORDER BY name'))).map(({ name }) => name)
const owed = async () => (await harbour.read((queryable) => queryable.query('SELECT * FROM harbour.delivery'))).length

/** Not those that are between two statements for a moment, such as a claim. */
const hangingSessions = () =>
  harbour.read((queryable) =>
    queryable.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction' AND state_change < now() - interval '50 ms'`,
    ),
  )

describe('an event', () => {
  it('is heard after the commit, once, and owed to nobody afterwards', async () => {
    await relay(record)
    await sink('Beagle', 'Bounty')
    await eventually(async () => expect(await losses()).toEqual(['Beagle', 'Bounty']))
    await eventually(async () => (await owed()) === 0)
  })

  it('is not heard when its transaction rolls back', async () => {
    await relay(record)
    const undone = harbour.write(async (transaction) => {
      await outbox.add(transaction, ShipSank({ name: 'Ghost' }))
      throw new Error('changed my mind')
    })
    await expect(undone).rejects.toThrow('changed my mind')
    await sink('Beagle')
    await eventually(async () => expect(await losses()).toEqual(['Beagle']))
  })

  it('is owed to a subscriber that is registered but not running', async () => {
    await (await relay(record)).beforeApplicationShutdown()
    await sink('Beagle')
    expect(await owed()).toBe(1)
    await relay(record)
    await eventually(async () => expect(await losses()).toEqual(['Beagle']))
  })

  it('is heard once by each of several relays together', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `ship-${String(index).padStart(3, '0')}`)
    await Promise.all([relay(record), relay(record), relay(record)])
    await sink(...names)
    await eventually(async () => expect(await losses()).toEqual(names))
  })

  it('cannot be told in the name of another module', async () => {
    const foreign = opened.databases.of('insurer').write((transaction) => outbox.add(transaction, ShipSank({ name: 'x' })))
    await expect(foreign).rejects.toThrow('harbour.ship-sank cannot be told by module insurer')
  })
})

describe('a relay', () => {
  it('does not work under the deadline of whoever woke it', async () => {
    const wakeUp = new WakeUp(new SilentBroadcast())
    const waking = new PostgresOutbox(wakeUp)
    const leftMs: number[] = []
    const slow = new Relay(sourcesOf(config), { ...config, pollMs: 60_000 }, wakeUp, opened.signals, opened.metrics)
    relays.push(slow)
    const hear: Hear = async () => void leftMs.push(currentCall().timeLeftMs())
    const hearing = { event: ShipSank, method: 'pay', batch: 1 }
    await slow.subscribe(eventSubscription({ hearing, instance: () => ({ pay: hear }), database: opened.databases.of('insurer') }))
    const hurried = new CurrentCall({ actor: system, trace: { requestId: 'r' }, deadlineMs: performance.now() + 300 })
    await runCall(hurried, () => harbour.write((transaction) => waking.add(transaction, ShipSank({ name: 'Beagle' }))))
    await eventually(() => expect(leftMs).toHaveLength(1))
    expect(leftMs[0]).toBeGreaterThan(500)
  })
})

describe('a subscriber that fails', () => {
  it('gets the event again, and its first try leaves nothing behind', async () => {
    let tries = 0
    await relay(async (events, transaction) => {
      await record(events, transaction)
      if ((tries += 1) === 1) throw new Error('ink is out')
    })
    await sink('Beagle')
    await eventually(async () => expect(await losses()).toEqual(['Beagle']))
    expect(opened.signals.of('relay.delivery-failed')).toHaveLength(1)
  })

  it('does not hold up the events beside the bad one, nor other subscribers', async () => {
    await relay(async (events, transaction) => {
      if (events.some(({ payload }) => payload.name === 'Cursed')) throw new Error('cursed')
      await record(events, transaction)
    })
    await relay(record, { method: 'other' })
    await sink('Beagle', 'Cursed', 'Bounty')
    await eventually(async () => expect(await losses()).toEqual(['Beagle', 'Beagle', 'Bounty', 'Bounty', 'Cursed']))
  })

  it('is given up after the last attempt: the event is a dead letter with the reason', async () => {
    await relay(() => Promise.reject(new Error('never')))
    await sink('Beagle')
    const dead = await eventually(async () => {
      const rows = await harbour.read((queryable) => queryable.query('SELECT subscriber, attempts, reason FROM harbour.dead_letter'))
      return rows.length > 0 && rows
    })
    expect(dead).toEqual([{ subscriber: 'insurer.pay:harbour.ship-sank', attempts: 3, reason: 'never' }])
    expect(await owed()).toBe(0)
    expect(opened.signals.of('relay.gave-up')).toHaveLength(1)
  })
})

describe('a relay that hangs or dies', () => {
  it('has its claims delivered again once the lease is over, also when its connection was lost', async () => {
    let release = (): void => {}
    const hangOnce: Hear = (events, transaction) =>
      tries++ === 0 ? new Promise((_, reject) => (release = () => reject(new Error('late')))) : record(events, transaction)
    let tries = 0
    // Tries that wait for the inbox row of the hanging one fail too, more of them on a busy machine.
    await relay(hangOnce, { config: { ...config, leaseMs: 300, maxAttempts: 100 } })
    await sink('Beagle')
    await eventually(async () => (await hangingSessions()).length === 1)
    for (const { pid } of await hangingSessions()) await harbour.read((queryable) => queryable.query('SELECT pg_terminate_backend($1)', [pid]))
    await eventually(async () => expect(await losses()).toEqual(['Beagle']))
    release()
  })

  it('does nothing twice when it died after the effect and before it was crossed off', async () => {
    await relay(record)
    await sink('Beagle')
    await eventually(async () => (await owed()) === 0)
    await harbour.write((transaction) =>
      transaction.query(`INSERT INTO harbour.delivery (subscriber, event_id) SELECT 'insurer.pay:harbour.ship-sank', id FROM harbour.outbox`),
    )
    await eventually(async () => (await owed()) === 0)
    expect(await losses()).toEqual(['Beagle'])
  })
})
