import { IdentityPort, NotificationsPort, PasswordResetRequested } from '@kilomega/contracts'
import { type OpenedPort, openPort, standIn } from '@kilomega/port-testing'
import { eventually, FakeClock } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { implementation } from './index.js'

const weeksMs = 21 * 86_400_000
const identity = standIn(IdentityPort, {
  addressOf: async ({ accountId }) => ({ email: `${accountId}@example.org`, name: 'Ada' }),
  oneTimeToken: async () => ({ token: 'a token' }),
})
const mailsOf = 'SELECT count(*)::int AS count FROM notifications.mail WHERE account_id = $1'
const undelivered = 'SELECT count(*)::int AS count FROM identity.delivery'

describe('the limit on mails of an account', () => {
  const clock = new FakeClock(new Date().toISOString())
  let opened: OpenedPort<typeof NotificationsPort>
  beforeAll(async () => (opened = await openPort(implementation, { others: [identity], clock })))
  afterAll(() => opened.close())

  const count = async (sql: string, ...values: string[]) =>
    (await opened.database.database.read((queryable) => queryable.query<{ count: number }>(sql, values)))[0]!.count
  const request = async (accountId: string, times: number) => {
    await opened.tell(...Array.from({ length: times }, () => PasswordResetRequested({ accountId })))
    await eventually(async () => (await count(undelivered)) === 0, 20_000)
  }

  it('goes by the database’s clock: a process whose clock is weeks ahead neither holds back later mails nor exceeds the limit', async () => {
    const [early, late] = [uuidv7(), uuidv7()]
    await request(early, 5)
    clock.advance(weeksMs)
    await request(early, 3)
    await request(late, 3)
    clock.advance(-weeksMs)
    expect(await count(mailsOf, early)).toBe(5)
    await opened.database.database.write((transaction) =>
      transaction.query(`UPDATE notifications.mail SET created_at = created_at - interval '61 minutes' WHERE account_id = $1`, [late]),
    )
    await request(late, 5)
    expect(await count(mailsOf, late)).toBe(8)
  })

  it('counts mails with a time in the future as created now, for no longer than an hour', async () => {
    const accountId = uuidv7()
    const move = (hours: number) =>
      opened.database.database.write((transaction) =>
        transaction.query(`UPDATE notifications.mail SET created_at = created_at + $2 * interval '1 hour' WHERE account_id = $1`, [accountId, hours]),
      )
    await request(accountId, 5)
    await move(500)
    await request(accountId, 1)
    expect(await count(mailsOf, accountId)).toBe(5)
    await move(-1.1)
    await request(accountId, 1)
    expect(await count(mailsOf, accountId)).toBe(6)
  })
})
