import {
  AccountDeleted,
  AccountRegistered,
  AccountVerified,
  IdentityPort,
  MediaReady,
  NotificationsPort,
  type Preferences,
} from '@kilomega/contracts'
import { describeBindings, type OpenedPort, standIn } from '@kilomega/port-testing'
import { anonymous, CurrentCall, runCall, system } from '@kilomega/ports'
import { eventually } from '@kilomega/testing'
import { v7 as uuidv7 } from 'uuid'
import { implementation } from './index.js'

const user = (id: string) => ({ kind: 'user', id, role: 'user', sessionId: 's' }) as const
const addressOf = (accountId: string) => `${accountId.slice(-12)}@example.org`
const both = { email: true, inApp: true }

const identity = standIn(IdentityPort, {
  async addressOf({ accountId }) {
    return { email: addressOf(accountId), name: 'Ada Lovelace' }
  },
  async oneTimeToken() {
    return { token: 'one-Time_token-of-32-characters-1' }
  },
})

describeBindings('NotificationsPort, unsubscribing', (open) => {
  let opened: OpenedPort<typeof NotificationsPort>
  let accountId: string

  beforeAll(async () => {
    opened = await open(implementation, { others: [identity], environment: { HTTP_PUBLIC_URL: 'https://kilomega.test' } })
  })
  afterAll(() => opened.close())
  beforeEach(() => (accountId = uuidv7()))

  const asUser = <T>(work: (port: NotificationsPort) => Promise<T>) => opened.as(user(accountId), () => work(opened.port))
  const preferences = () => asUser((port) => port.getPreferences({}))
  const unsubscribe = (token: string) => opened.as(anonymous, () => opened.port.unsubscribe({ token }))
  const mailed = (count: number) =>
    eventually(async () => {
      const { items } = await opened.as(system, () => opened.port.listCapturedMail({ to: addressOf(accountId), limit: 100 }))
      expect(items).toHaveLength(count)
      return items
    }, 10_000)
  /** The token in the welcome mail. */
  const welcomeToken = async () => {
    await opened.tell(AccountVerified({ accountId }))
    const [mail] = await mailed(1)
    return /^<https:\/\/kilomega\.test\/unsubscribe\?token=(.+)>$/.exec(mail!.headers['List-Unsubscribe']!)![1]!
  }

  it('ends mails of one type without a session, and nothing else', async () => {
    expect(await unsubscribe(await welcomeToken())).toEqual({ type: 'welcome' })
    expect(await preferences()).toEqual({
      welcome: { email: false, inApp: true },
      'media-ready': { email: false, inApp: true },
      'media-failed': { email: false, inApp: true },
    })
    await opened.tell(AccountVerified({ accountId }), AccountRegistered({ accountId }))
    expect((await mailed(2)).map(({ subject }) => subject).sort()).toEqual(['Confirm your address for Kilomega', 'Welcome to Kilomega'])
    expect((await asUser((port) => port.list({ limit: 10 }))).items.map(({ type }) => type)).toEqual(['welcome', 'welcome'])
  })

  it('leaves everything else as it was chosen', async () => {
    const chosen: Preferences = { welcome: { email: true, inApp: false }, 'media-ready': both, 'media-failed': both }
    await asUser((port) => port.setPreferences(chosen))
    await unsubscribe(await welcomeToken())
    expect(await preferences()).toEqual({ ...chosen, welcome: { email: false, inApp: false } })
  })

  it('ends mails of a type that was added after the account made its choice', async () => {
    const older = `INSERT INTO notifications.preference (account_id, channels) VALUES ($1, '{"media-ready": {"email": true, "inApp": false}}')`
    await opened.database.database.write((transaction) => transaction.query(older, [accountId]))
    await unsubscribe(await welcomeToken())
    expect(await preferences()).toMatchObject({ welcome: { email: false, inApp: true }, 'media-ready': { email: true, inApp: false } })
  })

  it('gets the same answer a second time, and does not undo a later choice when it is repeated under its key', async () => {
    const token = await welcomeToken()
    const under = (key: string) =>
      runCall(new CurrentCall({ actor: anonymous, trace: { requestId: 'test' }, key }), () => opened.port.unsubscribe({ token }))
    await under('one')
    expect(await under('two')).toEqual({ type: 'welcome' })
    await asUser((port) => port.setPreferences({ welcome: both, 'media-ready': both, 'media-failed': both }))
    expect(await under('one')).toEqual({ type: 'welcome' })
    expect((await preferences()).welcome).toEqual(both)
  })

  it('gets the same answer after the account was deleted, and leaves nothing of it', async () => {
    const token = await welcomeToken()
    const sql = `
      SELECT (SELECT count(*)::int FROM notifications.mail WHERE account_id = $1) AS mails,
        (SELECT count(*)::int FROM notifications.preference WHERE account_id = $1) AS preferences`
    const left = () => opened.database.database.read((queryable) => queryable.query(sql, [accountId]))
    await unsubscribe(token)
    expect(await left()).toEqual([{ mails: 1, preferences: 1 }])
    await opened.tell(AccountDeleted({ accountId }))
    await eventually(async () => expect(await left()).toEqual([{ mails: 0, preferences: 0 }]), 10_000)
    expect(await unsubscribe(token)).toEqual({ type: 'welcome' })
    expect(await left()).toEqual([{ mails: 0, preferences: 0 }])
  })

  it('refuses all other tokens, and then changes nothing', async () => {
    const token = await welcomeToken()
    for (const other of ['', 'x', token.slice(0, -1), token.replace('welcome', 'media-ready'), token.replace(accountId, uuidv7())])
      await expect(unsubscribe(other)).rejects.toMatchObject({ code: 'INVALID_UNSUBSCRIBE_TOKEN', kind: 'invalid' })
    expect((await preferences()).welcome).toEqual(both)
  })

  it('is offered in every mail that can be switched off, and in none that an account needs', async () => {
    await asUser((port) => port.setPreferences({ welcome: both, 'media-ready': both, 'media-failed': both }))
    await opened.tell(AccountRegistered({ accountId }), MediaReady({ id: uuidv7(), ownerId: accountId }))
    const found = await mailed(2)
    const offers = found.map(({ subject, headers }) => [subject, headers['List-Unsubscribe-Post']])
    expect(offers.sort()).toEqual([
      ['Confirm your address for Kilomega', undefined],
      ['Your picture is ready', 'List-Unsubscribe=One-Click'],
    ])
  })
})
