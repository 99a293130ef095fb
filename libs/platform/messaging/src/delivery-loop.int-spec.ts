import { AppError, command, CurrentCall, port, portClient, portErrors, type Transport } from '@kilomega/ports'
import { describeWithOwnNats, eventually, openNats, type TestNats } from '@kilomega/testing'
import { z } from 'zod'
import { deleteStream } from '../test/delete-stream.js'
import { type Hear, record, ShipSank, EventShips } from '../test/event-ships.js'
import { DeliveryTable } from './delivery-table.js'

const subscriber = 'insurer.pay:harbour.ship-sank'
abstract class TreasuryPort extends port('treasury', { pay: command({ input: z.object({ ship: z.string() }), timeoutMs: 1_000 }) }) {}

let ships: EventShips
const deliveries = () => ships.rows<{ state: string; attempts: number }>('SELECT state, attempts FROM harbour.delivery')
const dead = () => ships.rows<object>('SELECT attempts, code FROM harbour.dead_letter')
const allDone = () => eventually(async () => expect(await deliveries()).toEqual([]), 15_000)
const namesOf = (events: Parameters<Hear>[0]) => events.map(({ payload }) => payload.name)

describe('A subscriber', () => {
  beforeEach(async () => {
    ships = await EventShips.open()
  })
  afterEach(() => ships.close())

  it('that calls a command for each event gives it the same key on every attempt, whatever was in the batch', async () => {
    const keys: string[] = []
    const transport: Transport = async ({ key, input }) => {
      keys.push(`${(input as { ship: string }).ship} ${key}`)
      return { value: undefined }
    }
    const treasury = portClient(TreasuryPort, transport)
    let failures = 2
    const hear: Hear = async (events, transaction) => {
      for (const name of namesOf(events)) await treasury.pay({ ship: name })
      if (failures-- > 0) throw new Error('ink is out')
      await record(events, transaction)
    }
    await (await ships.hear(hear)).stop()
    await ships.sink('Beagle', 'Bounty', 'Victory')
    await ships.hear(hear)
    await allDone()
    const ids = await ships.rows<{ line: string }>(
      `SELECT payload ->> 'name' || ' ' || id || '/treasury.pay' AS line FROM harbour.outbox ORDER BY id`,
    )
    expect([...new Set(keys)]).toEqual(ids.map(({ line }) => line))
    expect(keys).toHaveLength(5)
    expect(ships.opened.signals.of('relay.batch-refused')).toHaveLength(1)
  })

  it('whose dependency is unavailable is retried until the dependency is back, and no attempt is counted', async () => {
    let isUnavailable = true
    let tries = 0
    const hear: Hear = async (events, transaction) => {
      tries += 1
      if (isUnavailable) throw portErrors.DEPENDENCY_UNAVAILABLE({ dependency: 'bank' })
      await record(events, transaction)
    }
    await ships.hear(hear, { config: { maxAttempts: 2 } })
    await ships.sink('Beagle', 'Bounty', 'Victory')
    await eventually(() => expect(tries).toBeGreaterThanOrEqual(4), 10_000)
    expect(ships.opened.signals.of('relay.subscriber-paused').length).toBeGreaterThan(0)
    expect((await deliveries()).map(({ attempts }) => attempts)).toEqual([0, 0, 0])
    isUnavailable = false
    await allDone()
    expect(await ships.losses()).toEqual(['Beagle', 'Bounty', 'Victory'])
    expect(await dead()).toEqual([])
  })

  it('continues with other events while a dependency is unavailable for one of them', async () => {
    const hear: Hear = async (events, transaction) => {
      if (namesOf(events).includes('Cursed')) throw portErrors.DEPENDENCY_UNAVAILABLE({ dependency: 'bank' })
      await record(events, transaction)
    }
    await ships.hear(hear)
    await ships.sink('Beagle', 'Cursed', 'Bounty', 'Victory')
    await eventually(async () => expect(await ships.losses()).toEqual(['Beagle', 'Bounty', 'Victory']), 5_000)
    expect(await deliveries()).toHaveLength(1)
  })

  it('that kills processes with one event has it as a dead letter, and the other events are delivered', async () => {
    await (await ships.hear(record)).stop()
    await ships.sink('Beagle', 'Killer', 'Bounty')
    const table = new DeliveryTable(ships.harbour, subscriber)
    const makeDue = () => ships.rows('UPDATE harbour.delivery SET due_at = now()')
    // A process dies with all three; then others die, each with only the event that kills.
    await table.claim(10, 600_000)
    for (let death = 1; death <= 3; death += 1) {
      await makeDue()
      let suspect = await table.claimSuspect(600_000)
      while (suspect !== undefined && (suspect.payload as { name: string }).name !== 'Killer') {
        await table.finish([suspect])
        suspect = await table.claimSuspect(600_000)
      }
    }
    await makeDue()
    const heard: string[] = []
    await ships.hear(async (events) => void heard.push(...namesOf(events)))
    await allDone()
    expect(heard).toEqual([])
    expect(await dead()).toEqual([{ attempts: 4, code: 'DELIVERY_KILLED_ITS_PROCESS' }])
  })

  it('is stopped within its share of the time, and its deliveries are due for others at once', async () => {
    let [started, release] = [false, (): void => undefined]
    const hangs: Hear = () => {
      started = true
      return new Promise((resolve) => (release = resolve))
    }
    const { stop } = await ships.hear(hangs, { config: { leaseMs: 600_000 } })
    await ships.sink('Beagle')
    await eventually(() => started)
    const startedMs = performance.now()
    await stop()
    expect(performance.now() - startedMs).toBeLessThan(8_000)
    expect(await deliveries()).toEqual([{ state: 'retry', attempts: 0 }])
    release()
  }, 20_000)
})

describe('An event that is too large for every transport', () => {
  it('is refused when it is added, with its size and the limit, and leaves nothing', async () => {
    ships = await EventShips.open()
    const adding = ships.harbour.write((transaction) => ships.outbox.add(transaction, ShipSank({ name: 'x'.repeat(600_000) })))
    const error = await adding.then(
      () => undefined,
      (reason: unknown) => reason as AppError,
    )
    expect(error).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', details: { name: 'harbour.ship-sank', maxBytes: 512_000 } })
    expect(await ships.rows('SELECT FROM harbour.outbox')).toEqual([])
    await ships.close()
  })
})

describe('A call for a batch of events', () => {
  it('has no key for a command', () => {
    const call = new CurrentCall({ actor: { kind: 'system' }, trace: { requestId: 'r' }, isBatch: true })
    expect(() => call.deriveKey('treasury.pay')).toThrow('needs the key of one event')
  })
})

describeWithOwnNats('With many subscribers over the stream', () => {
  let nats: TestNats
  beforeAll(async () => {
    nats = await openNats({ own: true })
  })
  afterAll(() => nats.close())

  it('only the one that failed gets an event again', async () => {
    await deleteStream(nats.url)
    ships = await EventShips.open(nats.url)
    const calls = new Map<string, number>()
    for (let number = 1; number <= 8; number += 1) {
      const method = `hear${number}`
      const hear: Hear = async (events) => {
        calls.set(method, (calls.get(method) ?? 0) + events.length)
        if (number === 1) throw new Error('never')
      }
      await ships.hear(hear, { method, batch: 1 })
    }
    await ships.sink('Beagle', 'Bounty')
    await allDone()
    expect(calls.get('hear1')).toBe(6)
    expect([...calls.values()].reduce((sum, count) => sum + count, 0)).toBe(6 + 7 * 2)
    await ships.close()
  }, 30_000)
})
