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
/** The clock of a database that stands elsewhere in time. */
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

/** An id as a process makes it at that time, the same for each number. */
function idAt(ms: number, number = 0): string {
  const digits = ms.toString(16).padStart(12, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-${String(number).padStart(12, '0')}`
}
const tell = (id: string) =>
  rows(`INSERT INTO harbour.outbox (id, name, payload, request_id, occurred_at) VALUES ($1, 'harbour.ship-sank', '{}', 'r', $2)`, [
    id,
    new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toISOString(),
  ])
const owe = (id: string) => rows(`INSERT INTO harbour.delivery (subscriber, event_id) VALUES ('insurer', $1)`, [id])
const places = () => rows<{ place: string }>('SELECT tableoid::regclass::text AS place FROM harbour.outbox ORDER BY 1')

describe('The days of a ledger', () => {
  it('are made ahead, once, by however many processes', async () => {
    await Promise.all([days.open('outbox'), daysOf().open('outbox')])
    await days.open('outbox')
    expect(await days.days('outbox')).toEqual(['outbox_20261127', 'outbox_20261128', 'outbox_20261129'])
    clock.advance(dayMs)
    await days.open('outbox')
    expect((await days.days('outbox')).at(-1)).toBe('outbox_20261130')
    expect(await days.days('inbox')).toEqual([])
  })

  it('take what is told on them, from their first millisecond to their last; what belongs to none is in the rest', async () => {
    await days.open('outbox')
    const midnight = Date.parse('2026-11-27T00:00:00.000Z')
    for (const ms of [today, midnight - 1, midnight, midnight + dayMs - 1, midnight + 3 * dayMs]) await tell(idAt(ms))
    expect((await places()).map(({ place }) => place)).toEqual([
      'harbour.outbox_20261127',
      'harbour.outbox_20261127',
      'harbour.outbox_rest',
      'harbour.outbox_rest',
      'harbour.outbox_rest',
    ])
  })

  it('are left alone where a wrong clock has told on them before they were made, and the others are made', async () => {
    await tell(idAt(today + 2 * dayMs))
    await days.open('outbox')
    expect(await days.days('outbox')).toEqual(['outbox_20261127', 'outbox_20261129'])
    expect(await places()).toHaveLength(1)
  })

  it('are forgotten as a whole when they ended long enough ago, but for what is owed or undecided', async () => {
    await days.open('outbox')
    const [heard, owed, dead, later] = [idAt(today + dayMs, 1), idAt(today + dayMs, 2), idAt(today + dayMs, 3), idAt(today + 2 * dayMs, 4)]
    for (const id of [heard, owed, dead, later]) await tell(id!)
    await owe(owed!)
    await rows(`INSERT INTO harbour.dead_letter (subscriber, event_id, attempts, reason) VALUES ('insurer', $1, 3, 'fog')`, [dead])
    // The 27th ended 7 days ago at the first instant of the 5th.
    waitUntil('2026-12-04T23:59:59.999Z')
    await sweep()
    expect(await days.days('outbox')).toContain('outbox_20261127')
    waitUntil('2026-12-05T00:00:00.000Z')
    await sweep()
    expect(await days.days('outbox')).not.toContain('outbox_20261127')
    expect(await rows(`SELECT id FROM harbour.outbox ORDER BY id`)).toEqual([{ id: owed }, { id: dead }, { id: later }])
    expect(await rows(`SELECT outbox.id FROM harbour.delivery JOIN harbour.outbox ON outbox.id = delivery.event_id`)).toEqual([{ id: owed }])
  })

  it('of an inbox are remembered twice as long, and recognise a repeat in the rest and in a day', async () => {
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

  it('are put off while somebody holds the ledger for long, without an error and without making others wait for long', async () => {
    await days.open('outbox')
    clock.advance(30 * dayMs)
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    let told = (): void => undefined
    const hasTold = new Promise<void>((resolve) => (told = resolve))
    const holding = opened.databases.of('harbour').write(async (transaction) => {
      await transaction.query('SELECT FROM harbour.outbox')
      told()
      await released
    })
    await hasTold
    await days.close('outbox', 7, 10)
    expect(await days.days('outbox')).toHaveLength(3)
    release()
    await holding
    await days.close('outbox', 7, 10)
    expect(await days.days('outbox')).toEqual([])
  })
})
