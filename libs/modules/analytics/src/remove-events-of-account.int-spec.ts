import { AccountDeleted, type AnalyticsPort } from '@kilomega/contracts'
import type { Actor } from '@kilomega/ports'
import { type OpenedPort, openPort } from '@kilomega/port-testing'
import { eventually } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { AnalyticsJobs } from './analytics.jobs.js'
import { implementation } from './index.js'

const [ada, ben] = [uuidv7(), uuidv7()]
const user = (id: string): Actor => ({ kind: 'user', id, role: 'user', sessionId: 's' })
const many = `
  INSERT INTO analytics.event (id, occurred_at, name, visitor) SELECT uuidv7(), now(), 'page.viewed', 'user:' || $1 FROM generate_series(1, $2)`

describe('events of a deleted account', () => {
  let opened: OpenedPort<typeof AnalyticsPort>
  beforeAll(async () => (opened = await openPort(implementation)))
  afterAll(() => opened.close())

  const track = (id: string, ...occurredAt: Date[]) =>
    opened.as(user(id), () =>
      opened.port.track({ events: occurredAt.map((at) => ({ id: uuidv7(), name: 'page.viewed', occurredAt: at.toISOString() })) }),
    )
  const count = async (sql: string, ...values: unknown[]) =>
    (await opened.database.database.read((queryable) => queryable.query<{ count: number }>(sql, values)))[0]!.count
  const recorded = (id: string) => count(`SELECT count(*)::int AS count FROM analytics.event WHERE visitor = 'user:' || $1`, id)
  const now = new Date()
  const monthBefore = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1))

  it('are removed in every month; those of others stay, and so do daily counts', async () => {
    for (const id of [ada, ben]) await track(id, now, monthBefore)
    await opened.get(AnalyticsJobs).rollUpDays()
    const counted = () => count('SELECT sum(count)::int AS count FROM analytics.daily_stat')
    expect([await recorded(ada), await recorded(ben), await counted()]).toEqual([2, 2, 4])
    await opened.tell(AccountDeleted({ accountId: ada }))
    await eventually(async () => expect(await recorded(ada)).toBe(0), 20_000)
    expect([await recorded(ben), await counted()]).toEqual([2, 4])
  })

  it('are removed however many a day has, by a chain of jobs', async () => {
    await opened.database.database.write((transaction) => transaction.query(many, [ada, 100_500]))
    await opened.tell(AccountDeleted({ accountId: ada }))
    await eventually(async () => expect(await recorded(ada)).toBe(0), 60_000)
    expect(await recorded(ben)).toBe(2)
  }, 90_000)

  it('are removed again four minutes later', async () => {
    const later = `SELECT count(*)::int AS count FROM analytics.outbox WHERE name = 'job:analytics.remove-events-of-account' AND (payload->>'delayMs')::int = 240000`
    expect(await count(later)).toBe(2)
  })
})
