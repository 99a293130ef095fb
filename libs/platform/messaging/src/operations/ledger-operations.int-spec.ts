import { CurrentCall, runCall } from '@kilomega/ports'
import { eventually } from '@kilomega/testing'
import { type Hear, record, relayConfig, EventShips } from '../../test/event-ships.js'
import { LedgerOperations } from './ledger-operations.js'
import { Ledgers } from './ledgers.js'

const subscriber = 'insurer.pay:harbour.ship-sank'
const renamed = `INSERT INTO harbour.subscriber (event_name, name) VALUES ('harbour.ship-sank', 'insurer.old:harbour.ship-sank')`
const inHarbour = `INSERT INTO harbour.dead_letter (subscriber, event_id, attempts, reason, died_at) VALUES ($1, gen_random_uuid(), 3, 'no money', '2026-11-28'::timestamptz - $2 * interval '1 s')`
const inInsurer = `INSERT INTO insurer.dead_letter (subscriber, event_id, attempts, reason, died_at) VALUES ($1, gen_random_uuid(), 3, 'no money', '2026-11-28'::timestamptz - $2 * interval '1 s')`
const operator = { kind: 'user' as const, id: 'ann', role: 'admin' as const, sessionId: 's' }

describe('an operator', () => {
  let ships: EventShips
  let operations: LedgerOperations
  let willing = false
  const hear: Hear = async (events, transaction) => {
    if (!willing) throw new Error('no money')
    await record(events, transaction)
  }
  beforeEach(async () => {
    willing = false
    ships = await EventShips.open()
    operations = new LedgerOperations(new Ledgers(ships.opened.databases), ships.wakeUp, relayConfig)
  })
  afterEach(() => ships.close())

  const asOperator = <T>(work: () => Promise<T>): Promise<T> => runCall(new CurrentCall({ actor: operator, trace: { requestId: 'test' } }), work)
  const records = () =>
    ships.rows<{ operator: string; action: string; details: object }>('SELECT operator, action, details FROM harbour.operation_record ORDER BY id')
  const isDead = (count: number) =>
    eventually(
      async () => expect((await operations.lags()).find((lag) => lag.subscriber === subscriber)).toMatchObject({ dead: count, backlog: 0 }),
      10_000,
    )
  const span = { from: new Date(Date.now() - 86_400_000), to: new Date(Date.now() + 86_400_000) }

  it('sees which deliveries were given up and why, and retries them', async () => {
    await ships.hear(hear)
    await ships.sink('Beagle', 'Bounty')
    await isDead(2)
    const letters = await operations.deadLetters({ limit: 10 })
    expect(letters).toEqual(
      [0, 1].map(() => expect.objectContaining({ schema: 'harbour', subscriber, name: 'harbour.ship-sank', reason: 'no money', attempts: 3 })),
    )
    willing = true
    expect(await asOperator(() => operations.retry({ subscriber, id: letters[0]!.id }))).toBe(1)
    await isDead(1)
    expect(await asOperator(() => operations.retry({ subscriber }))).toBe(1)
    await eventually(async () => expect(await ships.losses()).toEqual(['Beagle', 'Bounty']))
    expect(await records()).toMatchObject([
      { operator: 'ann', action: 'dead-letter.retry', details: { subscriber, id: letters[0]!.id, count: 1 } },
      { operator: 'ann', action: 'dead-letter.retry', details: { subscriber, count: 1 } },
    ])
  }, 30_000)

  it('sees the newest dead letters of all modules first, up to the limit', async () => {
    // The two modules alternate. Some are of the same moment, some within a millisecond of each other.
    const ages = ['0.0001', '0.0002', '1', '1', '2', '60', '60.5', '3600', '86400']
    for (const [at, age] of ages.entries())
      await ships.opened.databases
        .of(at % 2 === 0 ? 'harbour' : 'insurer')
        .write((transaction) => transaction.query(at % 2 === 0 ? inHarbour : inInsurer, [`lag-${at}`, age]))
    const namesOf = async (limit: number) => (await operations.deadLetters({ limit })).map(({ subscriber }) => subscriber)
    const all = await namesOf(100)
    const at = (name: string) => Number(ages[Number(name.slice('lag-'.length))])
    expect(all.map(at)).toEqual([...ages].map(Number))
    for (const limit of [1, 2, 3, 5, 8]) expect(await namesOf(limit)).toEqual(all.slice(0, limit))
    expect(await namesOf(100)).toEqual(all)
  })

  it('retries all dead letters of one outage, by its code, and leaves the others alone', async () => {
    await ships.hear(hear)
    await ships.sink('Beagle', 'Bounty')
    await isDead(2)
    const [first] = await operations.deadLetters({ limit: 10 })
    const because = `UPDATE harbour.dead_letter SET code = 'BANK_CLOSED' WHERE event_id = $1`
    await ships.opened.databases.of('harbour').write((transaction) => transaction.query(because, [first!.id]))
    willing = true
    expect(await asOperator(() => operations.retry({ code: 'BANK' }))).toBe(0)
    expect(await asOperator(() => operations.retry({ code: 'BANK_CLOSED' }))).toBe(1)
    await isDead(1)
    await eventually(async () => expect(await ships.losses()).toHaveLength(1))
  }, 30_000)

  it('discards dead letters permanently', async () => {
    await ships.hear(hear)
    await ships.sink('Beagle')
    await isDead(1)
    expect(await asOperator(() => operations.discard({ subscriber: 'another' }))).toBe(0)
    expect(await asOperator(() => operations.discard({ subscriber }))).toBe(1)
    await isDead(0)
    expect(await ships.losses()).toEqual([])
    expect(await records()).toMatchObject([{ action: 'dead-letter.discard' }])
  }, 30_000)

  it('replays a time span, which reaches subscribers that have not handled its events and has no effect on those that have', async () => {
    willing = true
    await ships.hear(hear)
    await ships.sink('Beagle')
    await eventually(async () => expect(await ships.losses()).toEqual(['Beagle']))
    const heardLate: string[] = []
    await ships.hear(async (events) => void heardLate.push(...events.map(({ payload }) => payload.name)), { method: 'mourn' })
    expect(await asOperator(() => operations.replay({ ...span, eventName: 'harbour.nothing' }))).toBe(0)
    expect(await asOperator(() => operations.replay({ ...span, to: span.from }))).toBe(0)
    expect(await asOperator(() => operations.replay({ ...span, schema: 'insurer' }))).toBe(0)
    expect(await operations.countReplay({ ...span, eventName: 'harbour.nothing' })).toBe(0)
    expect(await operations.countReplay(span)).toBe(2)
    expect(await asOperator(() => operations.replay(span))).toBe(2)
    await eventually(() => expect(heardLate).toEqual(['Beagle']))
    await eventually(async () => (await ships.undelivered()) === 0)
    expect(await ships.losses()).toEqual(['Beagle'])
  }, 30_000)

  it('is refused a replay of events that inboxes no longer remember, and may retry their dead letters: other subscribers do nothing again', async () => {
    await ships.hear(record, { method: 'mourn' })
    await ships.hear(hear)
    await ships.sink('Beagle')
    await isDead(1)
    expect(await ships.losses()).toEqual(['Beagle'])
    await ships.rows(`UPDATE harbour.outbox SET occurred_at = now() - interval '16 days'`)
    await ships.rows('DELETE FROM insurer.inbox')
    const days = (count: number) => new Date(Date.now() - count * 86_400_000)
    await expect(operations.replay({ from: days(17), to: days(15) })).rejects.toMatchObject({
      code: 'REPLAY_TOO_OLD',
      details: { earliest: expect.stringMatching(/^20/) },
    })
    expect(await ships.undelivered()).toBe(0)
    willing = true
    expect(await asOperator(() => operations.retry({ code: 'NOTHING' }))).toBe(0)
    expect(await asOperator(() => operations.retry({ from: days(0) }))).toBe(0)
    expect(await asOperator(() => operations.retry({ code: 'DELIVERY_FAILED', from: days(1) }))).toBe(1)
    await eventually(async () => (await ships.undelivered()) === 0)
    expect(await ships.losses()).toEqual(['Beagle', 'Beagle'])
    expect(await ships.rows('SELECT subscriber FROM insurer.inbox')).toEqual([{ subscriber }])
  }, 30_000)

  it('removes a subscriber that no longer exists, with its deliveries, and no other', async () => {
    await ships.hear(hear)
    await ships.opened.database.write((transaction) => transaction.query(renamed))
    await ships.sink('Beagle', 'Bounty')
    await isDead(2)
    expect(await asOperator(() => operations.removeSubscriber('insurer.old:harbour.ship-sank'))).toEqual({ deliveries: 2 })
    expect((await operations.lags()).map((lag) => lag.subscriber)).toEqual([subscriber])
    expect(await ships.undelivered()).toBe(0)
    expect(await records()).toMatchObject([{ action: 'subscriber.remove', details: { deliveries: 2 } }])
    await expect(asOperator(() => operations.removeSubscriber('insurer.old:harbour.ship-sank'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  }, 30_000)
})
