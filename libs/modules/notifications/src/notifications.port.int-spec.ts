import {
  AccountRegistered,
  AccountVerified,
  type CapturedMail,
  IdentityPort,
  MediaFailed,
  MediaReady,
  NotificationsPort,
  PasswordChanged,
  PasswordResetRequested,
  type Preferences,
  RegistrationRepeated,
} from '@kilomega/contracts'
import { describeBindings, type OpenedPort, standIn } from '@kilomega/port-testing'
import { anonymous, CurrentCall, portErrors, runCall, system } from '@kilomega/ports'
import { eventually } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { implementation } from './index.js'

const token = 'one-Time_token-of-32-characters-1'
const user = (id: string) => ({ kind: 'user', id, role: 'user', sessionId: 's' }) as const
const addressOf = (accountId: string) => `${accountId.slice(-12)}@example.org`

/** Accounts that identity no longer knows, or whose tokens are used. */
const gone = new Set<string>()
const used = new Set<string>()

const identity = standIn(IdentityPort, {
  async addressOf({ accountId }) {
    if (gone.has(accountId)) throw portErrors.NOT_FOUND()
    return { email: addressOf(accountId), name: 'Ada Lovelace' }
  },
  async oneTimeToken({ accountId }) {
    return { token: used.has(accountId) ? null : token }
  },
})

describeBindings('NotificationsPort', (open) => {
  let opened: OpenedPort<typeof NotificationsPort>
  let accountId: string

  beforeAll(async () => {
    opened = await open(implementation, { others: [identity], environment: { HTTP_PUBLIC_URL: 'https://kilomega.test' } })
  })
  afterAll(() => opened.close())
  beforeEach(() => (accountId = uuidv7()))

  const asUser = <T>(work: (port: NotificationsPort) => Promise<T>, id = accountId) => opened.as(user(id), () => work(opened.port))
  const mails = () => opened.as(system, async () => (await opened.port.listCapturedMail({ to: addressOf(accountId), limit: 100 })).items)
  const mailed = (count: number): Promise<CapturedMail[]> =>
    eventually(async () => {
      const found = await mails()
      expect(found).toHaveLength(count)
      return found
    }, 10_000)
  const inbox = (count: number) =>
    eventually(async () => {
      const { items } = await asUser((port) => port.list({ limit: 100 }))
      expect(items).toHaveLength(count)
      return items
    }, 10_000)
  const rows = <Row extends object>(sql: string, ...parameters: unknown[]) => opened.database.database.read((q) => q.query<Row>(sql, parameters))

  it.each([
    ['verification', AccountRegistered, 'Confirm your address for Kilomega', 'https://kilomega.test/verify?token='],
    ['reset', PasswordResetRequested, 'Choose a new password', 'https://kilomega.test/reset?token='],
  ] as const)('mails the %s link, with the token on a line of its own', async (_name, happened, subject, link) => {
    await opened.tell(happened({ accountId }))
    const [mail] = await mailed(1)
    expect(mail).toMatchObject({ to: addressOf(accountId), from: 'no-reply@kilomega.example', subject })
    expect(mail!.text.split('\n')).toEqual(expect.arrayContaining([token, `${link}${token}`]))
  })

  it.each([
    ['a repeated registration', RegistrationRepeated, 'You already have an account at Kilomega'],
    ['a changed password', PasswordChanged, 'Your password was changed'],
  ] as const)('sends a mail about %s', async (_name, happened, subject) => {
    await opened.tell(happened({ accountId }))
    const [mail] = await mailed(1)
    expect(mail!.subject).toBe(subject)
    expect(mail!.text).not.toContain(token)
  })

  it('welcomes by mail and in the application', async () => {
    await opened.tell(AccountVerified({ accountId }))
    expect(await mailed(1)).toMatchObject([{ subject: 'Welcome to Kilomega' }])
    expect(await inbox(1)).toMatchObject([{ type: 'welcome', title: 'Welcome to Kilomega', subjectId: null, readAt: null }])
  })

  it('shows media in the application, with the reason for a failure', async () => {
    const [ready, failed] = [uuidv7(), uuidv7()]
    await opened.tell(MediaReady({ id: ready, ownerId: accountId }))
    await inbox(1)
    await opened.tell(MediaFailed({ id: failed, ownerId: accountId, reason: 'CORRUPT_IMAGE' }))
    const [newest, oldest] = await inbox(2)
    expect(oldest).toMatchObject({ type: 'media-ready', subjectId: ready })
    expect(newest).toMatchObject({ type: 'media-failed', subjectId: failed, body: expect.stringContaining('damaged') as string })
    expect(await mails()).toEqual([])
  })

  it('respects the choice of channels, except for mails that an account needs', async () => {
    const choice: Preferences = {
      welcome: { email: false, inApp: false },
      'media-ready': { email: true, inApp: false },
      'media-failed': { email: false, inApp: true },
    }
    expect(await asUser((port) => port.setPreferences(choice))).toEqual(choice)
    expect(await asUser((port) => port.getPreferences({}))).toEqual(choice)
    await opened.tell(AccountVerified({ accountId }), MediaReady({ id: uuidv7(), ownerId: accountId }), AccountRegistered({ accountId }))
    await opened.tell(MediaFailed({ id: uuidv7(), ownerId: accountId, reason: 'x' }))
    const subjects = (await mailed(2)).map(({ subject }) => subject)
    expect(subjects.sort()).toEqual(['Confirm your address for Kilomega', 'Your picture is ready'])
    expect(await inbox(1)).toMatchObject([{ type: 'media-failed' }])
  })

  it('gives all accounts the same defaults until they choose', async () => {
    expect(await asUser((port) => port.getPreferences({}))).toEqual({
      welcome: { email: true, inApp: true },
      'media-ready': { email: false, inApp: true },
      'media-failed': { email: false, inApp: true },
    })
  })

  it('sends an account at most five mails of a kind per hour, whoever requests them', async () => {
    await opened.tell(...Array.from({ length: 30 }, () => PasswordResetRequested({ accountId })))
    await mailed(5)
    await opened.tell(AccountRegistered({ accountId }))
    await mailed(6)
    await opened.tell(PasswordResetRequested({ accountId }), PasswordChanged({ accountId }))
    const found = await mailed(7)
    expect(found.filter(({ subject }) => subject === 'Choose a new password')).toHaveLength(5)
  })

  it('pages through the inbox, newest first, with each notice once', async () => {
    await opened.tell(...Array.from({ length: 7 }, () => MediaReady({ id: uuidv7(), ownerId: accountId })))
    const all = (await inbox(7)).map(({ id }) => id)
    const seen: string[] = []
    let after: { id: string } | undefined
    do {
      const page = await asUser((port) => port.list({ limit: 3, ...(after && { after }) }))
      seen.push(...page.items.map(({ id }) => id))
      after = page.next ?? undefined
    } while (after)
    expect(seen).toEqual(all)
    expect(all).toEqual(all.toSorted().reverse())
  })

  it('counts unread notices, and marks one or all as read', async () => {
    await opened.tell(...Array.from({ length: 3 }, () => MediaReady({ id: uuidv7(), ownerId: accountId })))
    const [first] = await inbox(3)
    const unread = () => asUser(async (port) => (await port.countUnread({})).count)
    expect(await unread()).toBe(3)
    await asUser((port) => port.markRead({ id: first!.id }))
    const [read] = await inbox(3)
    await asUser((port) => port.markRead({ id: first!.id }))
    expect((await inbox(3))[0]).toEqual(read)
    expect(read!.readAt).not.toBeNull()
    expect(await unread()).toBe(2)
    await asUser((port) => port.markAllRead({}))
    expect(await unread()).toBe(0)
  })

  it('does not touch what came after a command when the command is repeated under its key', async () => {
    const under = <T>(key: string, work: (port: NotificationsPort) => Promise<T>) =>
      runCall(new CurrentCall({ actor: user(accountId), trace: { requestId: 'test' }, key }), () => work(opened.port))
    const hear = async (count: number) => {
      await opened.tell(MediaReady({ id: uuidv7(), ownerId: accountId }))
      await inbox(count)
    }
    await hear(1)
    await under('read', (port) => port.markAllRead({}))
    await hear(2)
    await under('read', (port) => port.markAllRead({}))
    expect(await asUser((port) => port.countUnread({}))).toEqual({ count: 1 })

    const channels = (on: boolean): Preferences => {
      const both = { email: on, inApp: on }
      return { welcome: both, 'media-ready': both, 'media-failed': both }
    }
    for (const on of [false, true, false]) {
      expect(await under(`choose ${on}`, (port) => port.setPreferences(channels(on)))).toEqual(channels(on))
    }
    expect(await asUser((port) => port.getPreferences({}))).toEqual(channels(true))
  })

  it('keeps inboxes apart: notices of other accounts are missing', async () => {
    await opened.tell(MediaReady({ id: uuidv7(), ownerId: accountId }))
    const [mine] = await inbox(1)
    const other = uuidv7()
    await expect(asUser((port) => port.markRead({ id: mine!.id }), other)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(asUser((port) => port.markRead({ id: uuidv7() }))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await asUser((port) => port.markAllRead({}), other)
    expect(await asUser((port) => port.list({ limit: 10 }), other)).toEqual({ items: [], next: null })
    expect((await inbox(1))[0]!.readAt).toBeNull()
  })

  it('is for signed-in users; captured mail is for the system', async () => {
    await expect(opened.as(anonymous, () => opened.port.countUnread({}))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await expect(asUser((port) => port.listCapturedMail({ limit: 1 }))).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it.each([
    ['the account is gone', gone, 'ACCOUNT_GONE'],
    ['the token is used', used, 'TOKEN_GONE'],
  ])('gives a mail up permanently when %s', async (_name, without, code) => {
    without.add(accountId)
    await opened.tell(AccountRegistered({ accountId }))
    const failures = `SELECT code, permanent FROM notifications.mail JOIN notifications.mail_failed ON mail_id = id WHERE account_id = $1`
    await eventually(async () => expect(await rows(failures, accountId)).toEqual([{ code, permanent: true }]), 10_000)
    expect(await mails()).toEqual([])
  })

  it('writes no address and no token into ledger, outbox or queue', async () => {
    await opened.tell(AccountRegistered({ accountId }))
    await mailed(1)
    const everything = `
      SELECT table_schema, table_name, query_to_xml(format('SELECT * FROM %I.%I', table_schema, table_name), true, false, '')::text AS content
      FROM information_schema.tables
      WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE' AND table_name <> 'captured_mail'`
    const tables = await rows<{ content: string }>(everything)
    expect(tables.some(({ content }) => content.includes(accountId))).toBe(true)
    expect(tables.filter(({ content }) => content.includes(token) || content.includes('@example.org'))).toEqual([])
  })
})
