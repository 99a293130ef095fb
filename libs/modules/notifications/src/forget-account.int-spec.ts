import { AccountDeleted, AccountVerified, IdentityPort, NotificationsPort, PasswordChanged } from '@kilomega/contracts'
import { type OpenedPort, openPort, standIn } from '@kilomega/port-testing'
import { anonymous } from '@kilomega/ports'
import { eventually } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { implementation } from './index.js'
import { NotificationsJobs } from './notifications.jobs.js'
import { UnsubscribeSeal } from './unsubscribe-seal.js'

const identity = standIn(IdentityPort, {
  addressOf: async ({ accountId }) => ({ email: `${accountId}@example.org`, name: 'Ada' }),
  oneTimeToken: async () => ({ token: 'a token' }),
})
const tables = ['preference', 'notification', 'mail'].map(
  (table) => 'SELECT count(*)::int AS count FROM notifications.' + table + ' WHERE account_id = $1',
)
const captured = `SELECT count(*)::int AS count FROM notifications.captured_mail WHERE recipient = $1 || '@example.org'`
const outcomes = 'SELECT count(*)::int AS count FROM notifications.mail_sent'
const preferences = {
  welcome: { email: true, inApp: true },
  'media-ready': { email: false, inApp: true },
  'media-failed': { email: false, inApp: true },
}
const manyNotices = `
  INSERT INTO notifications.notification (type, account_id, created_at) SELECT 'welcome', $1, now() FROM generate_series(1, $2)`
const beingSent = `
  WITH mail AS (INSERT INTO notifications.mail (template, event_id, account_id, created_at) VALUES ('welcome', uuidv7(), $1, now()) RETURNING id)
  INSERT INTO notifications.mail_attempt (mail_id, attempt, leased_until) SELECT id, 1, now() + interval '1 minute' FROM mail`

describe('the notifications of a deleted account', () => {
  let opened: OpenedPort<typeof NotificationsPort>
  const [ada, ben] = [uuidv7(), uuidv7()]
  beforeAll(async () => (opened = await openPort(implementation, { others: [identity] })))
  afterAll(() => opened.close())

  const count = async (sql: string, ...values: unknown[]) =>
    (await opened.database.database.read((queryable) => queryable.query<{ count: number }>(sql, values)))[0]!.count
  const held = (id: string) => Promise.all([...tables, captured].map((sql) => count(sql, id)))
  const write = (sql: string, ...values: unknown[]) => opened.database.database.write((transaction) => transaction.query(sql, values))

  it('are removed: preferences, notices, and mails with their outcomes, captured ones too; those of others stay', async () => {
    for (const id of [ada, ben]) {
      await opened.as({ kind: 'user', id, role: 'user', sessionId: 's' }, () => opened.port.setPreferences(preferences))
      await opened.tell(AccountVerified({ accountId: id }), PasswordChanged({ accountId: id }))
    }
    const all = [1, 1, 2, 2]
    await eventually(async () => expect([await held(ada), await held(ben), await count(outcomes)]).toEqual([all, all, 4]), 20_000)
    await opened.tell(AccountDeleted({ accountId: ada }))
    await eventually(async () => expect([await held(ada), await held(ben), await count(outcomes)]).toEqual([[0, 0, 0, 0], all, 2]), 20_000)
  })

  it('are removed to the last row, by a chain of jobs', async () => {
    await write(manyNotices, ada, 20_001)
    await opened.get(NotificationsJobs).forgetAccount({ accountId: ada })
    await eventually(async () => expect(await held(ada)).toEqual([0, 0, 0, 0]), 20_000)
  }, 60_000)

  it('are removed again four minutes later, when a mail that was being sent has an outcome', async () => {
    const later = `SELECT count(*)::int AS count FROM notifications.outbox WHERE name = 'job:notifications.forget-account' AND (payload->>'delayMs')::int = 240000`
    expect(await count(later)).toBe(1)
    await write(beingSent, ada)
    await opened.get(NotificationsJobs).forgetAccount({ accountId: ada })
    expect(await held(ada)).toEqual([0, 0, 1, 0])
    await write("UPDATE notifications.mail_attempt SET leased_until = now() - interval '1 second' WHERE outcome IS NULL")
    await opened.get(NotificationsJobs).forgetAccount({ accountId: ada })
    expect(await held(ada)).toEqual([0, 0, 0, 0])
  })

  it('are removed even if somebody unsubscribes meanwhile', async () => {
    const eve = uuidv7()
    await write(`INSERT INTO notifications.mail (template, event_id, account_id, created_at) VALUES ('welcome', uuidv7(), $1, now())`, eve)
    const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    const waits = (sessions: number) => eventually(async () => expect(await count(waiting)).toBe(sessions))
    const token = opened.get(UnsubscribeSeal).seal({ accountId: eve, type: 'welcome' })
    const work = await opened.database.database.write(async (transaction) => {
      await transaction.query(`LOCK TABLE notifications.preference IN SHARE ROW EXCLUSIVE MODE`)
      const unsubscribing = opened.as(anonymous, () => opened.port.unsubscribe({ token }))
      await waits(1)
      const forgetting = opened.get(NotificationsJobs).forgetAccount({ accountId: eve })
      await waits(2)
      return [unsubscribing, forgetting]
    })
    await Promise.all(work)
    expect(await held(eve)).toEqual([0, 0, 0, 0])
  })
})
