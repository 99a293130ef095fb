import { MemorySecretStore } from '@kilomega/config'
import { system } from '@kilomega/ports'
import type { TestDatabase } from '@kilomega/testing'
import { password, type IdentityInstance } from '../test/identity-instance.js'
import { openIdentity, openIdentityDatabase } from '../test/open-identity.js'

const operatorToken = 'a token of the operator'
const operatorEmail = 'operator@localhost.localdomain'

let database: TestDatabase
let instance: IdentityInstance
let elsewhere: IdentityInstance
beforeAll(async () => {
  database = await openIdentityDatabase()
  const together = { settings: { IDENTITY_OPERATOR_TOKEN: operatorToken }, secrets: new MemorySecretStore() }
  instance = await openIdentity(database, together)
  elsewhere = await openIdentity(database, together)
})
afterAll(async () => {
  await elsewhere.close()
  await instance.close()
  await database.close()
})

const operator = () => instance.asAnyone((identity) => identity.authenticate({ token: operatorToken }))
const asOperator = async <T>(work: Parameters<typeof instance.as<Promise<T>>>[1]) => instance.as(await operator(), work)
const disabledAt = async (email: string) =>
  (await database.database.read((queryable) => queryable.query('SELECT disabled_at FROM identity.account WHERE email = $1', [email])))[0]
const refused = (code: string) => expect.objectContaining({ code })

async function signUpAdmin(email: string) {
  await instance.signUp(email)
  await instance.as(system, (identity) => identity.promote({ email }))
  return instance.authenticate(await instance.logIn(email))
}

describe('a disabled account', () => {
  const email = 'ada@example.org'
  let id: string
  beforeAll(async () => void (id = await instance.signUp(email)))
  afterEach(() => asOperator((identity) => identity.enable({ email })))

  it('has the time in its row, and disabling it again changes nothing', async () => {
    const first = await asOperator((identity) => identity.disable({ email: 'ADA@example.org' }))
    expect(first).toMatchObject({ id, email, role: 'user', disabledAt: expect.any(String) as string })
    expect(await disabledAt(email)).toEqual({ disabled_at: expect.anything() as unknown })
    expect(await asOperator((identity) => identity.disable({ email }))).toEqual(first)
    expect(await asOperator((identity) => identity.enable({ email }))).toEqual({ ...first, disabledAt: null })
    expect(await disabledAt(email)).toEqual({ disabled_at: null })
  })

  it('is signed out everywhere at once, also where its token was in memory', async () => {
    const session = await instance.logIn(email)
    for (const one of [instance, elsewhere]) expect(await one.authenticate(session)).toMatchObject({ id })
    await asOperator((identity) => identity.disable({ email }))
    expect(instance.parts.known.principalOf(session.accessToken)).toBeUndefined()
    await expect(instance.authenticate(session)).rejects.toEqual(refused('SESSION_ENDED'))
    await expect(instance.refresh(session)).rejects.toEqual(refused('SESSION_ENDED'))
    await expect(endsWithinASecond(() => elsewhere.authenticate(session))).resolves.toEqual(refused('SESSION_ENDED'))
    await asOperator((identity) => identity.enable({ email }))
    await expect(instance.authenticate(session)).rejects.toEqual(refused('SESSION_ENDED'))
  })

  it('cannot sign in with the right password until it is enabled: the answer is that for a wrong one, with one run of the hash', async () => {
    await asOperator((identity) => identity.disable({ email }))
    const before = await instance.hashRuns()
    await expect(instance.logIn(email)).rejects.toEqual(refused('INVALID_CREDENTIALS'))
    expect(await instance.hashRuns()).toBe(before + 1)
    await asOperator((identity) => identity.enable({ email }))
    expect(await instance.authenticate(await instance.logIn(email))).toMatchObject({ id })
  })

  it('gets no mail for a password reset, and one that it got before is invalid', async () => {
    await instance.asAnyone((identity) => identity.requestPasswordReset({ email }))
    const token = await instance.tokenFor(id, 'reset')
    await asOperator((identity) => identity.disable({ email }))
    const another = 'another password, as long'
    await expect(instance.asAnyone((identity) => identity.completePasswordReset({ token, password: another }))).rejects.toEqual(
      refused('INVALID_TOKEN'),
    )
    await instance.asAnyone((identity) => identity.requestPasswordReset({ email }))
    await instance.runJobs()
    expect(await instance.published('identity.password-reset-requested')).not.toContain(id)
    expect(await disabledAt(email)).toEqual({ disabled_at: expect.anything() as unknown })
  })

  it('is not signed in by a log-in that was being compared when it was disabled', async () => {
    for (let round = 0; round < 5; round += 1) {
      await asOperator((identity) => identity.enable({ email }))
      const [entered] = await Promise.allSettled([instance.logIn(email), asOperator((identity) => identity.disable({ email }))])
      if (entered.status === 'fulfilled') await expect(instance.authenticate(entered.value)).rejects.toEqual(refused('SESSION_ENDED'))
    }
  })
})

describe('an admin who is demoted', () => {
  const email = 'lead@example.org'

  it('is a user from then on, and all sessions end, with their access tokens', async () => {
    await signUpAdmin(email)
    const session = await instance.logIn(email)
    expect(await instance.authenticate(session)).toMatchObject({ role: 'admin' })
    expect(await asOperator((identity) => identity.demote({ email }))).toMatchObject({ email, role: 'user', disabledAt: null })
    await expect(instance.authenticate(session)).rejects.toEqual(refused('SESSION_ENDED'))
    expect(await instance.authenticate(await instance.logIn(email))).toMatchObject({ role: 'user' })
  })

  it('stays signed in if there was no role to take away', async () => {
    const session = await instance.logIn(email)
    expect(await asOperator((identity) => identity.demote({ email }))).toMatchObject({ role: 'user' })
    expect(await instance.authenticate(session)).toMatchObject({ role: 'user' })
  })
})

describe('the last admin', () => {
  const [first, second] = ['first@example.org', 'second@example.org']
  const ways = ['demote', 'disable', 'delete'] as const

  it.each(ways)('cannot %s themselves, but can with another admin left, and the operator always can', async (way) => {
    const admin = await signUpAdmin(first)
    await expect(instance.as<Promise<unknown>>(admin, (identity) => identity[way]({ email: first }))).rejects.toEqual(refused('LAST_ADMIN'))
    await signUpAdmin(second)
    await asOperator((identity) => identity.disable({ email: second }))
    await expect(instance.as<Promise<unknown>>(admin, (identity) => identity[way]({ email: first }))).rejects.toEqual(refused('LAST_ADMIN'))
    await asOperator((identity) => identity.enable({ email: second }))
    await instance.as<Promise<unknown>>(admin, (identity) => identity[way]({ email: first }))
    await asOperator<unknown>((identity) => identity[way]({ email: second }))
    for (const email of [first, second]) await asOperator((identity) => identity.delete({ email })).catch(() => undefined)
  })

  it('cannot delete their own account either', async () => {
    const admin = await signUpAdmin(first)
    await expect(instance.as(admin, (identity) => identity.deleteMe({ password }))).rejects.toEqual(refused('LAST_ADMIN'))
  })

  it('is left when two demote each other at the same moment', async () => {
    const admins = [await signUpAdmin('one@example.org'), await signUpAdmin('two@example.org')]
    await asOperator((identity) => identity.delete({ email: first }))
    const outcomes = await Promise.allSettled([
      instance.as(admins[0]!, (identity) => identity.demote({ email: 'two@example.org' })),
      elsewhere.as(admins[1]!, (identity) => identity.demote({ email: 'one@example.org' })),
    ])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'LAST_ADMIN' } })
  })
})

it.each(['demote', 'disable', 'enable', 'delete'] as const)(
  'an unknown address is missing, and the operator’s account does not change: %s',
  async (way) => {
    await expect(asOperator<unknown>((identity) => identity[way]({ email: 'nobody@example.org' }))).rejects.toEqual(refused('NOT_FOUND'))
    const outcome = asOperator<unknown>((identity) => identity[way]({ email: operatorEmail }))
    await (way === 'enable'
      ? expect(outcome).resolves.toMatchObject({ role: 'admin' })
      : expect(outcome).rejects.toEqual(refused('OPERATOR_ACCOUNT')))
    expect(await operator()).toMatchObject({ role: 'admin' })
  },
)

/** The error that a call is refused with, which has to appear within the time promised for ended sessions. */
async function endsWithinASecond(call: () => Promise<unknown>): Promise<unknown> {
  const deadlineMs = performance.now() + 2_000
  for (;;) {
    const outcome = await call().catch((error: unknown) => error)
    if (outcome instanceof Error || performance.now() > deadlineMs) return outcome
    await new Promise(setImmediate)
  }
}
