import { AnalyticsPort, type EventBatch, type TrackedEvent } from '@kilomega/contracts'
import { describeBindings, type OpenedPort } from '@kilomega/port-testing'
import { anonymous, system } from '@kilomega/ports'
import { FakeClock } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { AnalyticsJobs } from './analytics.jobs.js'
import { implementation } from './index.js'
import { monthAfter } from './utc-calendar.js'

/** The time of the database, which runs on this machine. */
const now = new Date()
const today = now.toISOString().slice(0, 10)
const dayMs = 24 * 60 * 60 * 1_000
/** The start of a month, by its distance from this one. */
const month = (count: number) => `${monthAfter(now, count)}T00:00:00.000Z`
const justBefore = (instant: string) => new Date(Date.parse(instant) - 1).toISOString()
const partition = (count: number) => `event_${monthAfter(now, count).slice(0, 7).replace('-', '_')}`
const partitions = `
  SELECT child.relname AS name FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
  WHERE inhparent = 'analytics.event'::regclass ORDER BY 1`
const user = (id: string) => ({ kind: 'user', id, role: 'user', sessionId: 's' }) as const
const admin = { kind: 'user', id: uuidv7(), role: 'admin', sessionId: 's' } as const

describeBindings('AnalyticsPort', (open) => {
  let opened: OpenedPort<typeof AnalyticsPort>
  let name: string

  beforeAll(async () => {
    opened = await open(implementation, { clock: new FakeClock('2099-06-15T12:00:00.000Z') })
  })
  afterAll(() => opened.close())
  beforeEach(() => (name = `test.${uuidv7()}`))

  const event = (fields: Partial<TrackedEvent> = {}): TrackedEvent => ({ id: uuidv7(), name, occurredAt: `${today}T00:30:00.000Z`, ...fields })
  const asGuest = (batch: EventBatch) => opened.as(anonymous, () => opened.port.track(batch))
  const guest = (anonymousId: string, ...events: TrackedEvent[]) => asGuest({ anonymousId, events })
  const stats = async (interval: 'day' | 'hour') => {
    const range = { from: month(0), to: month(1) }
    return (await opened.as(admin, () => opened.port.stats({ name, interval, ...range }))).series
  }

  it('accepts events and shows them at once', async () => {
    expect(await guest('g', event(), event({ properties: { path: '/', ms: 1.5, first: true, ref: null } }))).toEqual({ accepted: 2, duplicates: 0 })
    expect(await stats('day')).toEqual([{ at: `${today}T00:00:00.000Z`, name, count: 2, users: 1 }])
    expect(await stats('hour')).toEqual([{ at: `${today}T00:00:00.000Z`, name, count: 2, users: 1 }])
  })

  it('returns the same after the roll-up', async () => {
    await guest('g', event())
    await guest('h', event())
    const before = await stats('day')
    await opened.get(AnalyticsJobs).rollUpDays()
    expect(await stats('day')).toEqual(before)
  })

  it('counts a repeat once: in the same call, in another one, and from another caller', async () => {
    const [one, two] = [event(), event()]
    expect(await guest('g', one, one, two)).toEqual({ accepted: 2, duplicates: 1 })
    expect(await guest('g', two, event())).toEqual({ accepted: 1, duplicates: 1 })
    expect(await guest('h', one)).toEqual({ accepted: 0, duplicates: 1 })
    expect(await stats('day')).toMatchObject([{ count: 3 }])
  })

  it('identifies visitors by account, otherwise by anonymous id, and never mixes the two', async () => {
    const accountId = uuidv7()
    const account = () => opened.as(user(accountId), () => opened.port.track({ anonymousId: 'g', events: [event()] }))
    await account()
    await account()
    await guest('g', event())
    await guest(accountId, event())
    expect(await stats('day')).toMatchObject([{ count: 4, users: 3 }])
  })

  it('requires an account or an anonymous id', async () => {
    await expect(asGuest({ events: [event()] })).rejects.toMatchObject({ code: 'ANONYMOUS_ID_REQUIRED' })
    await expect(opened.as(system, () => opened.port.track({ events: [event()] }))).rejects.toMatchObject({ code: 'ANONYMOUS_ID_REQUIRED' })
  })

  it('accepts a whole call or, if one event is outside the open months, nothing', async () => {
    const outside = ['1970-01-01T00:00:00.000Z', justBefore(month(-1)), '2999-01-01T00:00:00.000Z'].map((occurredAt) => event({ occurredAt }))
    await expect(guest('g', event(), ...outside)).rejects.toMatchObject({
      code: 'EVENT_TIME_OUT_OF_RANGE',
      details: { ids: outside.map(({ id }) => id), from: month(-1), to: expect.any(String) as string },
    })
    expect(await stats('day')).toEqual([])
  })

  it('goes by the time of the database, whatever the clock of its process says', async () => {
    const open = await opened.database.database.read((queryable) => queryable.query(partitions))
    expect(open).toEqual([-1, 0, 1, 2, 3].map((count) => ({ name: partition(count) })))
    const lateMs = Date.now() + dayMs + 60_000
    const refusal = guest('g', event({ occurredAt: new Date(lateMs).toISOString() })).catch((error: { details: { to: string } }) => error.details.to)
    const until = Date.parse((await refusal) as string)
    expect(lateMs - until).toBeGreaterThan(0)
    expect(lateMs - until).toBeLessThan(120_000)
    expect(await guest('g', event({ occurredAt: new Date(lateMs - 120_000).toISOString() }))).toEqual({ accepted: 1, duplicates: 0 })
  })

  it('refuses an event whose month has been removed meanwhile with the same error', async () => {
    const table = 'analytics.' + partition(-1)
    const taken = 'ALTER TABLE analytics.event DETACH PARTITION ' + table
    await opened.database.database.write((transaction) => transaction.query(taken))
    const late = event({ occurredAt: justBefore(month(0)) })
    await expect(guest('g', late)).rejects.toMatchObject({ code: 'EVENT_TIME_OUT_OF_RANGE', details: { ids: [late.id] } })
    const back = ['ALTER TABLE analytics.event ATTACH PARTITION', table, 'FOR VALUES FROM', `('${month(-1)}') TO ('${month(0)}')`].join(' ')
    await opened.database.database.write((transaction) => transaction.query(back))
    expect(await guest('g', late)).toEqual({ accepted: 1, duplicates: 0 })
  })

  it.each([
    ['a NUL in a value', { properties: { a: 'x\u0000y' } }, 'g'],
    ['half a character in a value', { properties: { a: '\ud800' } }, 'g'],
    ['a NUL in the name of a property', { properties: { 'a\u0000': 1 } }, 'g'],
    ['a NUL in the anonymous id', {}, 'g\u0000'],
  ])('answers %s as a fault of the request', async (_what, fields, anonymousId) => {
    await expect(guest(anonymousId, event(fields))).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  it.each([
    ['no event', []],
    ['1,001 events', Array.from({ length: 1_001 }, () => ({ id: uuidv7(), name: 'n', occurredAt: now.toISOString() }))],
    ['an id that is no UUIDv7', [{ id: '1', name: 'n', occurredAt: now.toISOString() }]],
    ['a time without zone', [{ id: uuidv7(), name: 'n', occurredAt: `${today}T00:00:00.000` }]],
  ])('refuses %s', async (_what, events) => {
    await expect(asGuest({ anonymousId: 'g', events })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  it('accepts a thousand events at once, and a thousand calls at once', async () => {
    expect(await guest('g', ...Array.from({ length: 1_000 }, () => event()))).toEqual({ accepted: 1_000, duplicates: 0 })
    const answers = await Promise.all(Array.from({ length: 900 }, (_unused, index) => guest(`g${index}`, event())))
    expect(answers.every(({ accepted }) => accepted === 1)).toBe(true)
    expect(await stats('day')).toMatchObject([{ count: 1_900, users: 901 }])
  })

  it('shows statistics only to admins', async () => {
    const range = { from: month(0), to: month(1), interval: 'day' } as const
    await expect(opened.as(anonymous, () => opened.port.stats(range))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await expect(opened.as(user(uuidv7()), () => opened.port.stats(range))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(opened.as(admin, () => opened.port.stats({ ...range, from: month(-23) }))).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    })
  })
})
