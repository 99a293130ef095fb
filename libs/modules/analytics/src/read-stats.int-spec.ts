import type { StatsQuery } from '@kilomega/contracts'
import { FakeClock, openDatabase } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { EventWriter } from './event-writer.js'
import { implementation } from './index.js'
import { OpenMonths } from './open-months.js'
import { readStats } from './read-stats.js'
import { rollUpDays } from './roll-up-days.js'

const { migrations, entities } = implementation

describe('statistics', () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>
  let writer: EventWriter

  beforeEach(async () => {
    opened = await openDatabase({ schema: 'analytics', migrations, entities })
    writer = new EventWriter(opened.database, opened.metrics)
    await new OpenMonths(opened.database, new FakeClock('2026-11-24T12:00:00.000Z')).prepare()
  })
  afterEach(() => opened.close())

  const track = (occurredAt: string, visitor: string, name = 'page.viewed') =>
    writer.write([{ id: uuidv7(), occurredAt, name, visitor, properties: null }])
  const rollUp = () => opened.database.write(rollUpDays)
  const read = async (query: Partial<StatsQuery> = {}) =>
    (await readStats(opened.database, { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z', interval: 'day', ...query })).series
  const day = (at: string, count: number, users: number, name = 'page.viewed') => ({ at: `${at}T00:00:00.000Z`, name, count, users })

  it('show an event as soon as it is accepted', async () => {
    await track('2026-11-24T10:00:00.000Z', 'guest:1')
    expect(await read()).toEqual([day('2026-11-24', 1, 1)])
  })

  it('are the same before and after the roll-up', async () => {
    for (const [at, visitor] of [
      ['2026-11-23T23:59:59.999Z', 'guest:1'],
      ['2026-11-24T00:00:00.000Z', 'guest:1'],
      ['2026-11-24T10:00:00.000Z', 'guest:1'],
      ['2026-11-24T11:00:00.000Z', 'guest:2'],
    ] as const)
      await track(at, visitor)
    await track('2026-11-24T11:00:00.000Z', 'guest:2', 'post.read')
    const before = await read()
    expect(before).toEqual([day('2026-11-23', 1, 1), day('2026-11-24', 3, 2), day('2026-11-24', 1, 1, 'post.read')])
    expect(await rollUp()).toEqual(['2026-11-23', '2026-11-24'])
    expect(await read()).toEqual(before)
    expect(await read({ name: 'post.read' })).toEqual([day('2026-11-24', 1, 1, 'post.read')])
  })

  it('count a day again if an event comes late, and no other day', async () => {
    await track('2026-10-05T10:00:00.000Z', 'guest:1')
    await track('2026-11-24T10:00:00.000Z', 'guest:1')
    await rollUp()
    await track('2026-10-05T11:00:00.000Z', 'guest:1')
    const october = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
    expect(await read(october)).toEqual([day('2026-10-05', 2, 1)])
    expect(await rollUp()).toEqual(['2026-10-05'])
    expect(await read(october)).toEqual([day('2026-10-05', 2, 1)])
    expect(await rollUp()).toEqual([])
  })

  it('are correct when roll-ups and writes run concurrently', async () => {
    const writes = Array.from({ length: 300 }, (_, index) => track('2026-11-24T10:00:00.000Z', `guest:${index % 10}`))
    await Promise.all([...writes, rollUp(), rollUp(), rollUp()])
    expect(await read()).toEqual([day('2026-11-24', 300, 10)])
    await rollUp()
    expect(await read()).toEqual([day('2026-11-24', 300, 10)])
  })

  it('by hour come from the months of the range', async () => {
    await track('2026-11-24T10:00:00.000Z', 'guest:1')
    await track('2026-11-24T10:59:59.999Z', 'guest:2')
    await track('2026-11-24T11:00:00.000Z', 'guest:1')
    const hours = await read({ interval: 'hour', from: '2026-11-24T10:30:00.000Z', to: '2026-11-24T11:00:00.001Z' })
    expect(hours).toEqual([
      { at: '2026-11-24T10:00:00.000Z', name: 'page.viewed', count: 2, users: 2 },
      { at: '2026-11-24T11:00:00.000Z', name: 'page.viewed', count: 1, users: 1 },
    ])
  })

  it('by hour can be of one name', async () => {
    await track('2026-11-24T10:00:00.000Z', 'guest:1')
    await track('2026-11-24T10:30:00.000Z', 'guest:1', 'post.read')
    const hours = await read({ interval: 'hour', from: '2026-11-24T00:00:00.000Z', to: '2026-11-25T00:00:00.000Z', name: 'post.read' })
    expect(hours).toEqual([{ at: '2026-11-24T10:00:00.000Z', name: 'post.read', count: 1, users: 1 }])
  })

  it.each([
    ['day', '2026-11-02T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
    ['day', '2026-11-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
    ['day', '2025-01-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
    ['hour', '2026-10-01T00:00:00.000Z', '2026-11-01T01:00:00.000Z'],
  ] as const)('by %s are not there from %s to %s', async (interval, from, to) => {
    await expect(read({ interval, from, to })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  it('are refused rather than truncated if there are too many points', async () => {
    const fill = `
      INSERT INTO analytics.daily_stat (day, name, count, users)
      SELECT '2026-11-01'::date + day, 'name.' || n, 1, 1 FROM generate_series(0, 19) AS day, generate_series(1, 251) AS n`
    await opened.database.write((transaction) => transaction.query(fill))
    await expect(read()).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    expect(await read({ name: 'name.7' })).toHaveLength(20)
  })
})
