import { IdentityPort, type Principal, type Session } from '@kilomega/contracts'
import { type Actor, anonymous, system } from '@kilomega/ports'
import { describeBindings, type OpenedPort } from '@kilomega/port-testing'
import { eventually } from '@kilomega/testing'
import { implementation } from './index.js'

const email = 'ada@example.org'
const password = 'correct horse battery staple'
const network = '192.0.2.0/24'

const signedIn = (principal: Principal): Actor => ({ kind: 'user', ...principal })
const newestRegistration = 'SELECT id FROM identity.registration ORDER BY id DESC LIMIT 1'

describeBindings('IdentityPort', (open) => {
  let opened: OpenedPort<typeof IdentityPort>
  let accountId: string
  let session: Session

  beforeAll(async () => {
    opened = await open(implementation)
    await anyone((identity) => identity.register({ email, password, name: 'Ada' }))
    const [registration] = await opened.database.database.read((queryable) => queryable.query<{ id: string }>(newestRegistration))
    accountId = registration!.id
    const { token } = await asSystem((identity) => identity.oneTimeToken({ accountId, purpose: 'verify' }))
    await anyone((identity) => identity.verify({ token: token! }))
    session = await anyone((identity) => identity.logIn({ email, password, network }))
  })
  afterAll(() => opened.close())

  const anyone = <T>(work: (identity: IdentityPort) => Promise<T>) => opened.as(anonymous, () => work(opened.port))
  const asSystem = <T>(work: (identity: IdentityPort) => Promise<T>) => opened.as(system, () => work(opened.port))
  const asAda = async <T>(work: (identity: IdentityPort) => Promise<T>) => {
    const principal = await anyone((identity) => identity.authenticate({ token: session.accessToken }))
    return opened.as(signedIn(principal), () => work(opened.port))
  }

  it('identifies the bearer of an access token', async () => {
    await expect(anyone((identity) => identity.authenticate({ token: session.accessToken }))).resolves.toMatchObject({ id: accountId, role: 'user' })
    await expect(anyone((identity) => identity.authenticate({ token: session.refreshToken }))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await expect(anyone((identity) => identity.authenticate({ token: '' }))).rejects.toMatchObject({ kind: 'unauthenticated' })
  })

  it('shows users their own data, and nothing that is secret', async () => {
    const createdAt = expect.stringMatching(/^20\d\d-.+Z$/) as string
    expect(await asAda((identity) => identity.me({}))).toEqual({ id: accountId, email, name: 'Ada', role: 'user', createdAt })
    expect(await asAda((identity) => identity.rename({ name: ' Ada Lovelace ' }))).toMatchObject({ id: accountId, name: 'Ada Lovelace' })
    expect(await asAda((identity) => identity.me({}))).toMatchObject({ name: 'Ada Lovelace' })
  })

  it('gives senders of mail an address, and a token while it can be used', async () => {
    expect(await asSystem((identity) => identity.addressOf({ accountId }))).toMatchObject({ email })
    expect(await asSystem((identity) => identity.oneTimeToken({ accountId, purpose: 'verify' }))).toEqual({ token: null })
    await anyone((identity) => identity.requestPasswordReset({ email }))
    const { token } = await asSystem((identity) => identity.oneTimeToken({ accountId, purpose: 'reset' }))
    await anyone((identity) => identity.completePasswordReset({ token: token!, password: 'a password after the reset' }))
    await expect(anyone((identity) => identity.authenticate({ token: session.accessToken }))).rejects.toMatchObject({ code: 'SESSION_ENDED' })
    session = await anyone((identity) => identity.logIn({ email, password: 'a password after the reset', network }))
  })

  it('publishes a password reset from a job', async () => {
    await anyone((identity) => identity.requestPasswordReset({ email }))
    const requested = "SELECT payload FROM identity.outbox WHERE name = 'identity.password-reset-requested'"
    const published = () => opened.database.database.read((queryable) => queryable.query<{ payload: unknown }>(requested))
    await eventually(async () => expect(await published()).toContainEqual({ payload: { accountId } }))
  })

  it('creates accounts for admins: one per address, which can sign in at once', async () => {
    const account = { email: 'Grace@Example.org', name: 'Grace', password: 'a long and salty password' }
    const registered = { ...account, password: 'a stranger entered this' }
    await anyone((identity) => identity.register(registered))
    const made = await asSystem((identity) => identity.create(account))
    expect(made).toMatchObject({ email: 'grace@example.org', name: 'Grace', role: 'user' })
    const mine = { email: account.email, password: account.password, network }
    expect(await anyone((identity) => identity.logIn(mine))).toMatchObject({ accessToken: expect.any(String) as string })
    await expect(asSystem((identity) => identity.create(registered))).rejects.toMatchObject({ code: 'EMAIL_TAKEN' })
    await expect(anyone((identity) => identity.logIn({ ...mine, password: registered.password }))).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    })
    await expect(asSystem((identity) => identity.create({ ...account, email: 'b@example.org', password: 'password1' }))).rejects.toMatchObject({
      code: 'WEAK_PASSWORD',
    })
  })

  it('disables, enables, demotes and deletes accounts only for admins', async () => {
    const account = { email: 'brief@example.org', name: 'Brief', password }
    const { id } = await asSystem((identity) => identity.create(account))
    const { email: address } = account
    for (const way of ['demote', 'disable', 'enable', 'delete'] as const) {
      await expect(asAda<unknown>((identity) => identity[way]({ email: address }))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    }
    const mine = { email: address, password, network }
    const brief = await anyone(async (identity) => identity.authenticate({ token: (await identity.logIn(mine)).accessToken }))
    const enabled = { id, email: address, role: 'user', disabledAt: null }
    expect(await asSystem((identity) => identity.disable({ email: address }))).toMatchObject({ id, disabledAt: expect.any(String) as string })
    await expect(anyone((identity) => identity.logIn(mine))).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' })
    expect(await asSystem((identity) => identity.enable({ email: address }))).toMatchObject(enabled)
    expect(await asSystem((identity) => identity.demote({ email: address }))).toMatchObject(enabled)
    await opened.as(signedIn(brief), () => opened.port.deleteMe({ password }))
    await expect(asSystem((identity) => identity.delete({ email: address }))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await asSystem((identity) => identity.create(account))
    await asSystem((identity) => identity.delete({ email: address }))
    await expect(asSystem((identity) => identity.addressOf({ accountId: id }))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('leaves receipts only of operations without secrets', async () => {
    await asAda((identity) => identity.rename({ name: 'Ada' }))
    await asSystem((identity) => identity.promote({ email }))
    const noted = 'SELECT DISTINCT operation, principal FROM identity.command_receipt ORDER BY operation'
    const receipts = await opened.database.database.read((queryable) => queryable.query(noted))
    expect(receipts).toEqual([
      ...['delete', 'demote', 'disable', 'enable', 'promote'].map((operation) => ({ operation: `identity.${operation}`, principal: 'system' })),
      { operation: 'identity.rename', principal: `user:${accountId}` },
    ])
  })

  it('restricts operations to the system, to users or to admins', async () => {
    await expect(asAda((identity) => identity.addressOf({ accountId }))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(asAda((identity) => identity.oneTimeToken({ accountId, purpose: 'reset' }))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(asAda((identity) => identity.promote({ email }))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const another = { email: 'another@example.org', name: 'Another', password: 'a long and salty password' }
    await expect(asAda((identity) => identity.create(another))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    for (const work of [(identity: IdentityPort) => identity.me({}), (identity: IdentityPort) => identity.logOut({})]) {
      await expect(anyone<unknown>(work)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    }
    await expect(asSystem((identity) => identity.me({}))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('refuses an invalid address, password and name all at once', async () => {
    const entered = { email: 'ada', password: 'short', name: ' ' }
    await expect(anyone((identity) => identity.register(entered))).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { errors: [{ path: 'email' }, { path: 'password' }, { path: 'name' }] },
    })
  })

  it('publishes the keys that verify its tokens', async () => {
    const { keys } = await anyone((identity) => identity.publicKeys({}))
    expect(keys).toEqual([expect.objectContaining({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA' })])
    expect(JSON.parse(Buffer.from(session.accessToken.split('.')[0]!, 'base64url').toString())).toMatchObject({ kid: keys[0]!['kid'], typ: 'at+jwt' })
  })

  it('ends a session for good when its holder logs out', async () => {
    await asAda((identity) => identity.logOut({}))
    await expect(anyone((identity) => identity.authenticate({ token: session.accessToken }))).rejects.toMatchObject({ code: 'SESSION_ENDED' })
    await expect(anyone((identity) => identity.refresh({ refreshToken: session.refreshToken }))).rejects.toMatchObject({ code: 'SESSION_ENDED' })
  })
})
