import { openDatabase, FakeClock } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { EventWriter } from './event-writer.js'
import { OpenMonths } from './open-months.js'
import type { StoredEvent } from './stored-event.js'
import { createEvents } from './tables/migrations/202611240100-create-events.js'

const occurredAt = '2026-11-24T12:00:00.000Z'

describe('the writer of events', () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>

  beforeAll(async () => {
    opened = await openDatabase({ schema: 'analytics', migrations: [createEvents] })
    await new OpenMonths(opened.database, new FakeClock(occurredAt)).prepare()
  })
  afterAll(() => opened.close())

  const writer = () => new EventWriter(opened.database, opened.metrics)
  const event = (fields: Partial<StoredEvent> = {}): StoredEvent => ({
    id: uuidv7(),
    occurredAt,
    name: 'n',
    visitor: 'guest:1',
    properties: '{"a":1}',
    ...fields,
  })
  const events = (count: number) => Array.from({ length: count }, () => event())
  const stored = async (ids: string[]) => {
    const sql = 'SELECT count(*) AS count FROM analytics.event WHERE id = ANY ($1::uuid[])'
    return (await opened.database.read((q) => q.query<{ count: number }>(sql, [ids])))[0]!.count
  }
  const transactions = async () => {
    const sql = `SELECT count(DISTINCT xmin::text) AS count FROM analytics.event`
    return (await opened.database.read((q) => q.query<{ count: number }>(sql)))[0]!.count
  }

  it('stores the events that it was given', async () => {
    const one = event({ properties: JSON.stringify({ path: '/a', ms: 1.5, ok: true, none: null, quote: `"'\\{},` }) })
    expect(await writer().write([one, event({ properties: null })])).toBe(0)
    const [row] = await opened.database.read((q) =>
      q.query('SELECT name, visitor, properties, occurred_at AS "occurredAt" FROM analytics.event WHERE id = $1', [one.id]),
    )
    expect(row).toEqual({ name: 'n', visitor: 'guest:1', occurredAt, properties: JSON.parse(one.properties!) })
  })

  it('counts an event that came earlier or in the same call as a duplicate', async () => {
    const [one, two] = [event(), event()]
    expect(await writer().write([one, two, one])).toBe(1)
    expect(await writer().write([one, two, event(), two])).toBe(3)
    expect(await stored([one.id, two.id])).toBe(2)
  })

  it('treats the same id at another time as another event', async () => {
    const one = event()
    expect(await writer().write([one, { ...one, occurredAt: '2026-11-24T12:00:00.001Z' }])).toBe(0)
  })

  it('counts a repeat once when the callers meet in one transaction', async () => {
    const shared = event()
    const one = writer()
    const duplicates = await Promise.all(Array.from({ length: 20 }, () => one.write([shared, event()])))
    expect(duplicates.reduce((sum, count) => sum + count)).toBe(19)
  })

  it('counts a repeat once when the callers are different processes, in whatever order they send', async () => {
    const shared = events(200)
    const writers = Array.from({ length: 4 }, writer)
    const orders = [shared, shared.toReversed(), shared, shared.toReversed()]
    const duplicates = await Promise.all(writers.map((one, place) => one.write(orders[place]!)))
    expect(duplicates.reduce((sum, count) => sum + count)).toBe(600)
    expect(await stored(shared.map(({ id }) => id))).toBe(200)
  })

  it('commits the events of a thousand callers in a few transactions', async () => {
    const before = await transactions()
    const one = writer()
    const sent = events(1_000)
    await Promise.all(sent.map((each) => one.write([each])))
    expect(await stored(sent.map(({ id }) => id))).toBe(1_000)
    expect((await transactions()) - before).toBeLessThanOrEqual(4)
  })

  it('accepts the events of other callers if one caller sends an invalid row', async () => {
    const one = writer()
    const lost = event({ occurredAt: '1970-01-01T00:00:00.000Z' })
    const good = events(6)
    const results = await Promise.allSettled([...good.slice(0, 3), lost, ...good.slice(3)].map((each) => one.write([each])))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    expect(results[3]).toMatchObject({ reason: { code: '23514' } })
    expect(await stored(good.map(({ id }) => id))).toBe(6)
  })

  it('writes all of a call or nothing', async () => {
    const good = event()
    await expect(writer().write([good, event({ occurredAt: '1970-01-01T00:00:00.000Z' })])).rejects.toMatchObject({ code: '23514' })
    expect(await stored([good.id])).toBe(0)
  })

  it('refuses more than it can hold, and continues with the rest', async () => {
    const one = writer()
    const sent = Array.from({ length: 30 }, () => events(1_000))
    const results = await Promise.allSettled(sent.map((each) => one.write(each)))
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused).toHaveLength(8)
    for (const { reason } of refused) expect(reason).toMatchObject({ kind: 'unavailable', code: 'PORT_OVERLOADED' })
    expect(await stored(sent.flatMap((each) => each.map(({ id }) => id)))).toBe(22_000)
    expect(await one.write(events(1))).toBe(0)
  })

  it('has written everything before the process may end', async () => {
    const one = writer()
    const sent = events(500)
    const writes = Promise.all(sent.map((each) => one.write([each])))
    await one.beforeApplicationShutdown()
    expect(await stored(sent.map(({ id }) => id))).toBe(500)
    await writes
  })
})
