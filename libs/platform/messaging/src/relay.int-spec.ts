import { CurrentCall, currentCall, runCall, system } from '@kilomega/ports'
import { describeWithOwnNats, eventually, openNats, type TestNats } from '@kilomega/testing'
import { deleteStream } from '../test/delete-stream.js'
import { type Hear, record, ShipSailed, ShipSank, EventShips } from '../test/event-ships.js'

let ships: EventShips
const sink = (...names: string[]) => ships.sink(...names)
const heard = (...names: string[]) => eventually(async () => expect(await ships.losses()).toEqual(names), 10_000)
const allDelivered = () => eventually(async () => (await ships.undelivered()) === 0)
const named = (count: number) => Array.from({ length: count }, (_, index) => `ship-${String(index).padStart(3, '0')}`)

/** Deliveries follow the same rules, from the ledger and over the stream. */
function describeDeliveries(body: () => void): void {
  describe('From the ledger', () => {
    beforeEach(async () => {
      ships = await EventShips.open()
    })
    afterEach(() => ships.close())
    body()
  })

  describeWithOwnNats('Over the stream', () => {
    let nats: TestNats
    beforeAll(async () => {
      nats = await openNats({ own: true })
    })
    beforeEach(async () => {
      await deleteStream(nats.url)
      ships = await EventShips.open(nats.url)
    })
    afterEach(() => ships.close())
    afterAll(() => nats.close())
    body()
  })
}

describeDeliveries(() => {
  describe('ordered events', () => {
    const legs = (ship: string) => Array.from({ length: 8 }, (_, index) => `${ship} ${index}`)
    const heardOf = (log: readonly string[], ship: string) => log.filter((name) => name.startsWith(`${ship} `))

    it('reach each subscriber in the order of their key, even if one fails at first, and keys do not wait for each other', async () => {
      const log: string[] = []
      let failures = 2
      const hear: Hear = async (events) => {
        if (events.some(({ payload }) => payload.name === 'Beagle 2') && failures-- > 0) throw new Error('fog')
        log.push(...events.map(({ payload }) => payload.name))
      }
      const options = { event: ShipSailed, batch: 5 }
      await ships.hear(hear, options)
      await ships.hear(hear, options)
      for (const leg of legs('Beagle')) await ships.sail(leg, leg.replace('Beagle', 'Bounty'))
      await allDelivered()
      for (const ship of ['Beagle', 'Bounty']) expect(heardOf(log, ship)).toEqual(legs(ship))
      expect(failures).toBe(-1)
    }, 30_000)

    it('continue after one that was given up', async () => {
      const log: string[] = []
      const hear: Hear = async (events) => {
        if (events.some(({ payload }) => payload.name === 'Beagle 1')) throw new Error('sunk')
        log.push(...events.map(({ payload }) => payload.name))
      }
      await ships.hear(hear, { event: ShipSailed })
      await ships.sail('Beagle 0', 'Beagle 1', 'Beagle 2')
      await allDelivered()
      expect(log).toEqual(['Beagle 0', 'Beagle 2'])
      expect(await ships.rows('SELECT 1 FROM harbour.dead_letter')).toHaveLength(1)
    }, 30_000)
  })

  describe('an event', () => {
    it('is heard after the commit, once, and nothing is left to deliver', async () => {
      await ships.hear(record)
      await sink('Beagle', 'Bounty')
      await heard('Beagle', 'Bounty')
      await allDelivered()
    })

    it('is not heard when its transaction rolls back', async () => {
      await ships.hear(record)
      const undone = ships.harbour.write(async (transaction) => {
        await ships.outbox.add(transaction, ShipSank({ name: 'Ghost' }))
        throw new Error('changed my mind')
      })
      await expect(undone).rejects.toThrow('changed my mind')
      await sink('Beagle')
      await heard('Beagle')
    })

    it('waits for a subscriber that is registered but not running', async () => {
      await (await ships.hear(record)).stop()
      await sink('Beagle')
      expect(await ships.undelivered()).toBe(1)
      await ships.hear(record)
      await heard('Beagle')
    })

    it('is delivered again at once when that is requested, however soon after the first time', async () => {
      await ships.hear(record)
      await sink('Beagle')
      await allDelivered()
      await ships.rows(
        `WITH forgotten AS (DELETE FROM insurer.inbox RETURNING subscriber, event_id)
         INSERT INTO harbour.delivery (subscriber, event_id) SELECT subscriber, event_id FROM forgotten`,
      )
      await heard('Beagle', 'Beagle')
    })

    it('is heard once by several relays of the same subscriber', async () => {
      await Promise.all([ships.hear(record), ships.hear(record), ships.hear(record)])
      await sink(...named(300))
      await heard(...named(300))
      await allDelivered()
      expect(await ships.losses()).toEqual(named(300))
    })

    it('is heard by each of two subscribers', async () => {
      await ships.hear(record)
      await ships.hear(record, { method: 'mourn' })
      await sink('Beagle')
      await heard('Beagle', 'Beagle')
      await allDelivered()
    })

    it('of another module is refused', async () => {
      const foreign = ships.opened.databases.of('insurer').write((transaction) => ships.outbox.add(transaction, ShipSank({ name: 'x' })))
      await expect(foreign).rejects.toThrow('harbour.ship-sank is not an event of module insurer')
    })
  })

  describe('a relay', () => {
    it('does not run under the deadline of the call that woke it', async () => {
      const leftMs: number[] = []
      const hear: Hear = async () => void leftMs.push(currentCall().timeLeftMs())
      await ships.hear(hear, { batch: 1, config: { pollMs: 60_000 } })
      const hurried = new CurrentCall({ actor: system, trace: { requestId: 'r' }, deadlineMs: performance.now() + 300 })
      await runCall(hurried, () => sink('Beagle'))
      await eventually(() => expect(leftMs).toHaveLength(1))
      expect(leftMs[0]).toBeGreaterThan(500)
    })

    it('reports how many deliveries are pending and since when', async () => {
      await (await ships.hear(record)).stop()
      await sink('Beagle', 'Bounty')
      expect(await ships.opened.metrics.read('relay_backlog_deliveries')).toBe(2)
      expect(await ships.opened.metrics.read('relay_lag_ms')).toBeGreaterThan(0)
    })
  })

  describe('a subscriber that fails', () => {
    it('gets the event again, and its first attempt leaves nothing behind', async () => {
      let tries = 0
      await ships.hear(async (events, transaction) => {
        await record(events, transaction)
        if ((tries += 1) === 1) throw new Error('ink is out')
      })
      await sink('Beagle')
      await heard('Beagle')
      expect(ships.opened.signals.of('relay.delivery-failed')).toHaveLength(1)
    })

    it('holds up neither other events nor other subscribers', async () => {
      await ships.hear(async (events, transaction) => {
        if (events.some(({ payload }) => payload.name === 'Cursed')) throw new Error('cursed')
        await record(events, transaction)
      })
      await ships.hear(record, { method: 'other' })
      await sink('Beagle', 'Cursed', 'Bounty')
      await heard('Beagle', 'Beagle', 'Bounty', 'Bounty', 'Cursed')
    })

    it('is given up after the last attempt: the event is a dead letter with the reason', async () => {
      await ships.hear(() => Promise.reject(new Error('never')))
      await sink('Beagle')
      const dead = await eventually(async () => {
        const rows = await ships.rows('SELECT subscriber, attempts, reason FROM harbour.dead_letter')
        return rows.length > 0 && rows
      })
      expect(dead).toEqual([{ subscriber: 'insurer.pay:harbour.ship-sank', attempts: 3, reason: 'never' }])
      expect(await ships.undelivered()).toBe(0)
      expect(ships.opened.signals.of('relay.gave-up')).toHaveLength(1)
    })

    it('has 100 dead letters after 100 events, each with the configured number of attempts, and nothing else is left', async () => {
      const tries = new Map<string, number>()
      await ships.hear(
        async ([event]) => {
          tries.set(event!.payload.name, (tries.get(event!.payload.name) ?? 0) + 1)
          throw new Error('never')
        },
        { batch: 1, config: { maxAttempts: 5 } },
      )
      await sink(...named(100))
      await eventually(async () => (await ships.rows('SELECT event_id FROM harbour.dead_letter')).length === 100, 20_000)
      expect(await ships.rows('SELECT DISTINCT attempts FROM harbour.dead_letter')).toEqual([{ attempts: 5 }])
      expect(await ships.undelivered()).toBe(0)
      expect([...tries.values()]).toEqual(named(100).map(() => 5))
    })
  })

  describe('a relay that hangs or dies', () => {
    const hangingSessions = () =>
      ships.rows<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`)

    it('has its claims delivered again once the lease has expired, even if its connection was lost', async () => {
      let release = (): void => {}
      let tries = 0
      const hangOnce: Hear = (events, transaction) =>
        tries++ === 0 ? new Promise((_, reject) => (release = () => reject(new Error('late')))) : record(events, transaction)
      await ships.hear(hangOnce, { config: { leaseMs: 600 } })
      await sink('Beagle')
      await eventually(() => tries === 1)
      const hanging = await eventually(async () => {
        const sessions = await hangingSessions()
        expect(sessions).toHaveLength(1)
        return sessions
      })
      for (const { pid } of hanging) await ships.rows('SELECT pg_terminate_backend($1)', [pid])
      await heard('Beagle')
      release()
    })

    it('does nothing twice if it died after the effect and before the delivery was finished', async () => {
      await ships.hear(record)
      await sink('Beagle')
      await allDelivered()
      await ships.rows(
        `INSERT INTO harbour.delivery (subscriber, event_id, attempts) SELECT 'insurer.pay:harbour.ship-sank', id, 1 FROM harbour.outbox`,
      )
      await allDelivered()
      expect(await ships.losses()).toEqual(['Beagle'])
    })
  })
})
