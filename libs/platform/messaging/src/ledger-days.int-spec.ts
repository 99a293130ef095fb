import { FakeClock, openDatabase, type TestDatabase } from '@kilomega/testing'
import type { DatabaseTime } from './database-time.js'
import { LedgerDays } from './ledger-days.js'
import { ledgerMigrations } from './ledger-migrations.js'
import { LedgerRetention } from './ledger-retention.js'

const dayMs = 86_400_000
const today = Date.parse('2026-11-26T12:00:00.000Z')

let opened: TestDatabase
let clock: FakeClock
let days: LedgerDays
/** The clock of a database, set to another time. */
const time = { nowMs: async () => clock.nowMs() } as DatabaseTime
beforeEach(async () => {
  opened = await openDatabase({ modules: [{ schema: 'harbour', migrations: [] }], platform: ledgerMigrations })
  clock = new FakeClock(new Date(today).toISOString())
  days = daysOf()
  await rows(`INSERT INTO harbour.subscriber (event_name, name) VALUES ('harbour.ship-sank', 'insurer')`)
})
afterEach(() => opened.close())

const daysOf = (): LedgerDays => new LedgerDays(opened.databases.of('harbour'), time)
const rows = <Row extends object>(sql: string, parameters?: unknown[]): Promise<Row[]> =>
  opened.databases.of('harbour').write((transaction) => transaction.query<Row>(sql, parameters))
const sweep = (keepDays = 7): Promise<void> => {
  const modules = { implementations: [{ name: 'harbour' }] } as never
  return new LedgerRetention(modules, opened.databases, { keepDays } as never, opened.signals, time).sweep()
}

const waitUntil = (time: string): void => clock.advance(Date.parse(time) - clock.nowMs())

/** An id as a process would make it at that time, always the same for the same number. */
function idAt(ms: number, number = 0): string {
  const digits = ms.toString(16).padStart(12, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-${String(number).padStart(12, '0')}`
}
const addEvent = (id: string) =>
  rows(`INSERT INTO harbour.outbox (id, name, payload, request_id, occurred_at) VALUES ($1, 'harbour.ship-sank', '{}', 'r', $2)`, [
    id,
    new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toISOString(),
  ])
const addDelivery = (id: string) => rows(`INSERT INTO harbour.delivery (subscriber, event_id) VALUES ('insurer', $1)`, [id])
const places = () => rows<{ place: string }>('SELECT tableoid::regclass::text AS place FROM harbour.outbox ORDER BY 1')

describe('The days of a ledger', () => {
  it('are created ahead, once, however many processes do it', async () => {
    await Promise.all([days.open('outbox'), daysOf().open('outbox')])
    await days.open('outbox')
    expect(await days.days('outbox')).toEqual(['outbox_20261127', 'outbox_20261128', 'outbox_20261129'])
    clock.advance(dayMs)
    await days.open('outbox')
    expect((await days.days('outbox')).at(-1)).toBe('outbox_20261130')
    expect(await days.days('inbox')).toEqual([])
  })

  it('hold the events from their first millisecond to their last; events of no day are in the default partition', async () => {
    await days.open('outbox')
    const midnight = Date.parse('2026-11-27T00:00:00.000Z')
    for (const ms of [today, midnight - 1, midnight, midnight + dayMs - 1, midnight + 3 * dayMs]) await addEvent(idAt(ms))
    expect((await places()).map(({ place }) => place)).toEqual([
      'harbour.outbox_20261127',
      'harbour.outbox_20261127',
      'harbour.outbox_rest',
      'harbour.outbox_rest',
      'harbour.outbox_rest',
    ])
  })

  it('are not created if a wrong clock has already put an event in them, and the others are created', async () => {
    await addEvent(idAt(today + 2 * dayMs))
    await days.open('outbox')
    expect(await days.days('outbox')).toEqual(['outbox_20261127', 'outbox_20261129'])
    expect(await places()).toHaveLength(1)
  })

  it('are dropped whole when they ended long enough ago, except for undelivered events and dead letters', async () => {
    await days.open('outbox')
    const [heard, undelivered, dead, later] = [idAt(today + dayMs, 1), idAt(today + dayMs, 2), idAt(today + dayMs, 3), idAt(today + 2 * dayMs, 4)]
    for (const id of [heard, undelivered, dead, later]) await addEvent(id!)
    await addDelivery(undelivered!)
    await rows(`INSERT INTO harbour.dead_letter (subscriber, event_id, attempts, reason) VALUES ('insurer', $1, 3, 'fog')`, [dead])
    // At the first instant of the 5th, the 27th ended exactly 7 days ago.
    waitUntil('2026-12-04T23:59:59.999Z')
    await sweep()
    expect(await days.days('outbox')).toContain('outbox_20261127')
    waitUntil('2026-12-05T00:00:00.000Z')
    await sweep()
    expect(await days.days('outbox')).not.toContain('outbox_20261127')
    expect(await rows(`SELECT id FROM harbour.outbox ORDER BY id`)).toEqual([{ id: undelivered }, { id: dead }, { id: later }])
    expect(await rows(`SELECT outbox.id FROM harbour.delivery JOIN harbour.outbox ON outbox.id = delivery.event_id`)).toEqual([{ id: undelivered }])
  })

  it('of an inbox are kept twice as long, and recognise a repeat in the default partition and in a day', async () => {
    await days.open('inbox')
    const hear = (id: string) =>
      rows(`INSERT INTO harbour.inbox (subscriber, event_id) VALUES ('insurer', $1) ON CONFLICT DO NOTHING RETURNING 1`, [id])
    for (const id of [idAt(today), idAt(today + dayMs)]) {
      expect(await hear(id)).toHaveLength(1)
      expect(await hear(id)).toEqual([])
    }
    clock.advance(9 * dayMs)
    await sweep()
    expect(await days.days('inbox')).toContain('inbox_20261127')
    clock.advance(7 * dayMs)
    await sweep()
    expect(await days.days('inbox')).not.toContain('inbox_20261127')
  })

  it('are dropped later if a transaction holds the ledger for long, without an error and without making others wait for long', async () => {
    await days.open('outbox')
    clock.advance(30 * dayMs)
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    let locked = (): void => undefined
    const isLocked = new Promise<void>((resolve) => (locked = resolve))
    const holding = opened.databases.of('harbour').write(async (transaction) => {
      await transaction.query('SELECT FROM harbour.outbox')
      locked()
      await released
    })
    await isLocked
    await days.close('outbox', 7, 10)
    expect(await days.days('outbox')).toHaveLength(3)
    release()
    await holding
    await days.close('outbox', 7, 10)
    expect(await days.days('outbox')).toEqual([])
  })
})
