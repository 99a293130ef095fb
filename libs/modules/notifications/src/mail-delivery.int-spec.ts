import { AccountVerified, IdentityPort, NotificationsPort, PasswordChanged } from '@kilomega/contracts'
import { LogOutput } from '@kilomega/observability'
import { openPort, type OpenedPort, standIn } from '@kilomega/port-testing'
import { system } from '@kilomega/ports'
import { QueueOperations } from '@kilomega/queue'
import { eventually } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { MailServer } from '../test/mail-server.js'
import { implementation } from './index.js'
import { MailAttempts } from './mail-attempts.js'
import { MailDelivery } from './mail-delivery.js'

const identity = standIn(IdentityPort, { addressOf: async ({ accountId }) => ({ email: `${accountId}@example.org`, name: 'Ada' }) })

const smtpAt = (url: string) => ({ NOTIFICATIONS_MAIL_DRIVER: 'smtp', NOTIFICATIONS_SMTP_URL: url })

describe('the delivery of mails through a mail server', () => {
  let server: MailServer
  let opened: OpenedPort<typeof NotificationsPort>
  let accountId: string

  beforeAll(async () => {
    server = await MailServer.start()
    opened = await openPort(implementation, { others: [identity], environment: { ...smtpAt(server.url), LOG_LEVEL: 'warn' } })
  })
  afterAll(async () => {
    await opened.close()
    await server.stop()
  })
  beforeEach(() => (accountId = uuidv7()))

  const arrived = async () => (await server.mails()).filter(({ to }) => to === `${accountId}@example.org`)
  const story = async () => {
    const sql = `
      SELECT mail.id, (SELECT count(*) FROM notifications.mail_attempt WHERE mail_id = mail.id) AS attempts,
        EXISTS (SELECT FROM notifications.mail_sent WHERE mail_id = mail.id) AS sent,
        (SELECT code FROM notifications.mail_failed WHERE mail_id = mail.id) AS failure
      FROM notifications.mail WHERE account_id = $1`
    const [row] = await opened.database.database.read((q) =>
      q.query<{ id: string; attempts: number; sent: boolean; failure: string | null }>(sql, [accountId]),
    )
    return row
  }
  const becomes = (expected: object) => eventually(async () => expect(await story()).toMatchObject(expected), 15_000)
  const deliver = (mailId: string) => opened.as(system, () => opened.get(MailDelivery).deliver(mailId))

  it('is recorded, under the id that the mail has', async () => {
    await opened.tell(AccountVerified({ accountId }))
    await becomes({ attempts: 1, sent: true, failure: null })
    const mails = await arrived()
    expect(mails).toHaveLength(1)
    expect(mails[0]!.id).toBe((await story())!.id)
  })

  it('happens once, however often the job runs', async () => {
    await opened.tell(AccountVerified({ accountId }))
    await becomes({ sent: true })
    const { id } = (await story())!
    await deliver(id)
    await deliver(id)
    expect(await arrived()).toHaveLength(1)
    expect(await story()).toMatchObject({ attempts: 1 })
  })

  it('is tried again after a temporary refusal', async () => {
    server.refuseNext(451)
    await opened.tell(AccountVerified({ accountId }))
    await becomes({ attempts: 2, sent: true, failure: null })
    expect(await arrived()).toHaveLength(1)
  })

  it('is not tried again after a permanent refusal', async () => {
    server.refuseNext(550)
    await opened.tell(AccountVerified({ accountId }))
    await becomes({ attempts: 1, sent: false, failure: 'SMTP_550' })
    await deliver((await story())!.id)
    expect(await story()).toMatchObject({ attempts: 1, sent: false })
    expect(await arrived()).toEqual([])
  })

  it('is not tried again before the time that the server asks for', async () => {
    server.refuseNext(450, 'is greylisted, try again in 300 seconds')
    await opened.tell(AccountVerified({ accountId }))
    const asked = `SELECT (payload->>'delayMs')::float8 AS "delayMs" FROM notifications.outbox WHERE payload->'payload'->>'mailId' = $1 ORDER BY id DESC LIMIT 1`
    await becomes({ attempts: 1, sent: false })
    const { id } = (await story())!
    await eventually(async () => {
      const [row] = await opened.database.database.read((q) => q.query<{ delayMs: number }>(asked, [id]))
      expect(row!.delayMs).toBeGreaterThanOrEqual(300_000)
      expect(row!.delayMs).toBeLessThanOrEqual(302_000)
    })
    expect(await arrived()).toEqual([])
  })

  it('fails after a day, and repeating the dead job sends it once', async () => {
    const id = await interrupted('password-changed', -90_000)
    server.refuseNext(452)
    await expect(deliver(id)).rejects.toMatchObject({ name: 'UnrecoverableError', message: 'SMTP_452' })
    expect(await story()).toMatchObject({ attempts: 2, sent: false, failure: 'SMTP_452' })
    await deliver(id)
    await deliver(id)
    expect(await story()).toMatchObject({ attempts: 3, sent: true, failure: null })
    expect(await arrived()).toHaveLength(1)
  })

  it('is not recorded until the server is ready for the mail, so that a process that dies earlier leaves nothing parked', async () => {
    const held = server.holdRecipients()
    await opened.tell(AccountVerified({ accountId }))
    await held.asked
    expect(await story()).toMatchObject({ attempts: 0, sent: false })
    held.answer()
    await becomes({ attempts: 1, sent: true, failure: null })
  })

  it('is made by one of several concurrent runs for the same mail', async () => {
    const id = await pending('welcome')
    const outcomes = await Promise.allSettled([deliver(id), deliver(id), deliver(id)])
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ALREADY_SENDING' })
    expect(await story()).toMatchObject({ attempts: 1, sent: true })
    expect(await arrived()).toHaveLength(1)
  })

  async function pending(template: string): Promise<string> {
    const id = uuidv7()
    const mail = 'INSERT INTO notifications.mail (id, event_id, template, account_id, created_at) VALUES ($1, $1, $2, $3, now())'
    await opened.database.database.write((transaction) => transaction.query(mail, [id, template, accountId]))
    return id
  }

  describe('when one account has many pending mails', () => {
    const welcomed = (account: string, count: number) => Array.from({ length: count }, () => AccountVerified({ accountId: account }))
    const strangers = (count: number) => Array.from({ length: count }, () => welcomed(uuidv7(), 1)).flat()
    const queued = async () => {
      const { waiting, active } = (await opened.get(QueueOperations).list()).find(({ name }) => name === 'notifications.send-mail')!
      return { waiting, active }
    }

    it('starts with mails that accounts need, and then takes turns', async () => {
      const held = server.holdRecipients()
      const [many, other, locked] = [uuidv7(), uuidv7(), uuidv7()]
      const before = server.envelopes.length
      try {
        await opened.tell(...strangers(8))
        await eventually(async () => expect(await queued()).toEqual({ waiting: 0, active: 8 }), 10_000)
        await opened.tell(...welcomed(many, 5), ...strangers(17))
        await eventually(async () => expect(await queued()).toEqual({ waiting: 22, active: 8 }), 10_000)
        await opened.tell(...welcomed(other, 1), PasswordChanged({ accountId: locked }))
        await eventually(async () => expect(await queued()).toEqual({ waiting: 24, active: 8 }), 10_000)
      } finally {
        held.answer()
      }
      await eventually(() => expect(server.envelopes).toHaveLength(before + 32), 15_000)
      const order = server.envelopes.slice(before).map(([address]) => address!.slice(0, 36))
      // 8 were being sent already, and the order of answers over 5 connections varies.
      expect(order.indexOf(locked)).toBeLessThan(16)
      expect(order.indexOf(other)).toBeLessThan(order.lastIndexOf(many))
    })
  })

  /** A mail of an account, and an attempt to send it whose process has died. */
  async function interrupted(template: string, leftS: number): Promise<string> {
    const id = uuidv7()
    await opened.database.database.write(async (transaction) => {
      const mail = 'INSERT INTO notifications.mail (id, event_id, template, account_id, created_at) VALUES ($1, $1, $2, $3, now())'
      await transaction.query(mail, [id, template, accountId])
      const attempt = `INSERT INTO notifications.mail_attempt (mail_id, attempt, started_at, leased_until)
        VALUES ($1, 1, now() + least($2::float8, 0) * interval '1 s', now() + $2::float8 * interval '1 s')`
      await transaction.query(attempt, [id, leftS])
    })
    return id
  }
  const fateOf = async (id: string) => {
    const sql = `SELECT (SELECT string_agg(coalesce(outcome, 'none'), ' ' ORDER BY attempt) FROM notifications.mail_attempt WHERE mail_id = $1) AS attempts,
      EXISTS (SELECT FROM notifications.mail_parked WHERE mail_id = $1) AS parked`
    const [row] = await opened.database.database.read((q) => q.query<{ attempts: string; parked: boolean }>(sql, [id]))
    return row
  }

  it('is left to an attempt in progress', async () => {
    const id = await interrupted('welcome', 60)
    await expect(deliver(id)).rejects.toMatchObject({ code: 'ALREADY_SENDING' })
    expect(await fateOf(id)).toEqual({ attempts: 'none', parked: false })
    expect(await arrived()).toEqual([])
  })

  it('is parked if the mail may have been sent and must not arrive twice, however often the job runs', async () => {
    const id = await interrupted('welcome', -1)
    await deliver(id)
    await deliver(id)
    expect(await fateOf(id)).toEqual({ attempts: 'unknown', parked: true })
    expect(await arrived()).toEqual([])
  })

  it('is repeated if the mail may have been sent and the account needs it', async () => {
    const id = await interrupted('password-changed', -1)
    await deliver(id)
    expect(await fateOf(id)).toEqual({ attempts: 'unknown sent', parked: false })
    expect(await arrived()).toHaveLength(1)
  })

  it('is not begun by a run that waited while another one recorded the mail as sent', async () => {
    const id = await pending('password-changed')
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    const begun = await opened.database.database.write(async (transaction) => {
      await transaction.query('INSERT INTO notifications.mail_sent (mail_id) VALUES ($1)', [id])
      const begin = opened.get(MailAttempts).begin(id, { mayRepeat: () => true, harmless: false })
      await eventually(async () => expect(await transaction.query(waiting)).toHaveLength(1))
      return { begin }
    })
    expect(await begun.begin).toBe('done')
    expect(await story()).toMatchObject({ attempts: 0, sent: true })
  })

  it('waits for a server that cannot be reached, without recording an attempt', async () => {
    const away = await openPort(implementation, { others: [identity], environment: { ...smtpAt('smtp://127.0.0.1:1'), QUEUE_WORKERS: 'off' } })
    const unreached = uuidv7()
    const pendingMail = `INSERT INTO notifications.mail (id, event_id, template, account_id, created_at) VALUES ($1, $1, 'welcome', $1, now())`
    await away.database.database.write((transaction) => transaction.query(pendingMail, [unreached]))
    const sending = away.as(system, () => away.get(MailDelivery).deliver(unreached))
    await expect(sending).rejects.toMatchObject({ kind: 'unavailable', details: { dependency: 'mail' } })
    const rows = `SELECT mail_id FROM notifications.mail_attempt UNION ALL SELECT mail_id FROM notifications.mail_failed`
    expect(await away.database.database.read((q) => q.query(rows))).toEqual([])
    await away.close()
  })

  it('logs no address', async () => {
    const written = jest.spyOn(opened.get(LogOutput), 'write')
    server.refuseNext(550)
    await opened.tell(AccountVerified({ accountId }))
    await becomes({ failure: 'SMTP_550' })
    const text = (): string => written.mock.calls.map(([line]) => line).join('')
    await eventually(() => expect(text()).toContain('notifications.mail-failed'))
    expect(text()).not.toContain('@example.org')
    written.mockRestore()
  })
})
