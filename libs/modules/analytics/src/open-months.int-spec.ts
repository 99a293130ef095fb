import { FakeClock, openDatabase } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { insertEvents } from './insert-events.js'
import { OpenMonths } from './open-months.js'
import { createEvents } from './tables/migrations/202611240100-create-events.js'

const partitions = `
  SELECT child.relname AS name FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
  WHERE inhparent = 'analytics.event'::regclass ORDER BY 1`

describe('open months', () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>

  beforeAll(async () => {
    opened = await openDatabase({ schema: 'analytics', migrations: [createEvents] })
  })
  afterAll(() => opened.close())

  const monthsAt = (now: string) => new OpenMonths(opened.database, new FakeClock(now))
  const names = async () => (await opened.database.read((q) => q.query<{ name: string }>(partitions))).map(({ name }) => name)
  const at = (occurredAt: string) => ({ id: uuidv7(), name: 'page.viewed', occurredAt })

  it('range from the last month to three ahead, however many processes prepare them at once, twenty times', async () => {
    for (let round = 0; round < 20; round += 1) {
      const created = await Promise.all(Array.from({ length: 3 }, () => monthsAt('2026-11-24T12:00:00.000Z').prepare()))
      expect(created.reduce((sum, count) => sum + count)).toBe(round === 0 ? 5 : 0)
    }
    expect(await names()).toEqual(['event_2026_10', 'event_2026_11', 'event_2026_12', 'event_2027_01', 'event_2027_02'])
  })

  it('have no default partition', async () => {
    const [row] = await opened.database.read((q) =>
      q.query(`SELECT partdefid::integer AS id FROM pg_partitioned_table WHERE partrelid = 'analytics.event'::regclass`),
    )
    expect(row).toEqual({ id: 0 })
  })

  it.each(['Pacific/Kiritimati', 'America/Los_Angeles', 'Asia/Kolkata', 'UTC'])(
    'store each instant in its UTC month even if the session is in %s',
    async (zone) => {
      const found = await opened.database.write(async (transaction) => {
        await transaction.query(`SELECT set_config('timezone', $1, true)`, [zone])
        await transaction.query(`SELECT analytics.create_partitions('2026-10-01'::date, '2028-03-01'::date)`)
        const instants = monthEnds.flatMap(({ last, first }) => [last, first])
        const events = instants.map((occurredAt) => ({ id: uuidv7(), occurredAt, name: 'edge', visitor: 'guest:1', properties: null }))
        await insertEvents(transaction, events)
        return transaction.query<{ partition: string; instant: string }>(
          `SELECT tableoid::regclass::text AS partition, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USZ') AS instant
         FROM analytics.event WHERE id = ANY ($1::uuid[])`,
          [events.map(({ id }) => id)],
        )
      })
      expect(found).toHaveLength(2 * monthEnds.length)
      for (const { partition, instant } of found) expect(partition).toBe(`analytics.event_${instant.slice(0, 4)}_${instant.slice(5, 7)}`)
    },
  )

  it('are three ahead of every month end', async () => {
    for (const [now, last] of [
      ['2027-11-30T23:59:59.999Z', 'event_2028_02'],
      ['2027-12-01T00:00:00.000Z', 'event_2028_03'],
      ['2028-02-29T23:59:59.999Z', 'event_2028_05'],
    ] as const) {
      await monthsAt(now).prepare()
      expect((await names()).at(-1)).toBe(last > 'event_2028_03' ? last : 'event_2028_03')
    }
  })

  it('accept events between the oldest month and a day from now', async () => {
    const months = monthsAt('2028-02-29T12:00:00.000Z')
    await months.prepare()
    expect(() => months.check([at('2026-10-01T00:00:00.000Z'), at('2028-03-01T12:00:00.000Z')])).not.toThrow()
  })

  it.each(['2026-09-30T23:59:59.999Z', '2028-03-01T12:00:00.001Z', '1970-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z'])(
    'do not accept %s',
    async (instant) => {
      const months = monthsAt('2028-02-29T12:00:00.000Z')
      await months.prepare()
      const outside = at(instant)
      const details = { ids: [outside.id], from: '2026-10-01T00:00:00.000Z', to: '2028-03-01T12:00:00.000Z' }
      expect(() => months.check([at('2028-02-01T00:00:00.000Z'), outside])).toThrow(
        expect.objectContaining({ code: 'EVENT_TIME_OUT_OF_RANGE', details }),
      )
    },
  )

  it('can be read without reading the others', async () => {
    const plan = await opened.database.read((q) =>
      q.query(`EXPLAIN SELECT count(*) FROM analytics.event WHERE occurred_at >= '2026-11-10T00:00:00Z' AND occurred_at < '2026-12-10T00:00:00Z'`),
    )
    const text = JSON.stringify(plan)
    expect(new Set(text.match(/event_20\d\d_\d\d/g))).toEqual(new Set(['event_2026_11', 'event_2026_12']))
  })
})

const monthEnds = Array.from({ length: 16 }, (_, index) => {
  const first = new Date(Date.UTC(2026, 10 + index, 1)).toISOString()
  const last = new Date(Date.parse(first) - 1).toISOString().replace('Z', '999Z')
  return { first, last }
})
