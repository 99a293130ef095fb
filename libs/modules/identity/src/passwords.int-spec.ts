import { countStatements } from '@kilomega/database'
import { anonymous, CurrentCall, runCall } from '@kilomega/ports'
import { eventually, type TestDatabase } from '@kilomega/testing'
import { type IdentityInstance, password } from '../test/identity-instance.js'
import { openIdentity, openIdentityDatabase } from '../test/open-identity.js'
import { guessKey, inFlightS } from './guess-limit.js'

const quarterMs = 15 * 60_000
const wrong = { code: 'INVALID_CREDENTIALS' }
const refused = { code: 'TOO_MANY_ATTEMPTS' }

let database: TestDatabase
let instance: IdentityInstance
beforeAll(async () => {
  database = await openIdentityDatabase()
  instance = await openIdentity(database, { settings: { IDENTITY_HASH_QUEUE: '10000' } })
})
afterAll(async () => {
  await instance.close()
  await database.close()
})

async function refusalOf(work: () => Promise<unknown>): Promise<{ retryAfterS: number }> {
  const error = await work().catch((caught: unknown) => caught)
  expect(error).toMatchObject(refused)
  return (error as { details: { retryAfterS: number } }).details
}

describe('guessing a password', () => {
  it('stops after five failures in 15 minutes, only for the network that guessed (S1)', async () => {
    await instance.signUp('guessed@example.org')
    for (let guess = 1; guess <= 5; guess += 1) await expect(instance.logIn('guessed@example.org', `guess ${guess}`)).rejects.toMatchObject(wrong)
    const runs = await instance.hashRuns()
    const { retryAfterS } = await refusalOf(() => instance.logIn('guessed@example.org'))
    expect(retryAfterS).toBeGreaterThan(15 * 60 - 30)
    expect(retryAfterS).toBeLessThanOrEqual(15 * 60)
    expect(await instance.hashRuns()).toBe(runs)
    await expect(instance.logIn('guessed@example.org', password, '198.51.100.0/24')).resolves.toBeDefined()
    await instance.timePasses(quarterMs - 30_000)
    expect((await refusalOf(() => instance.logIn('guessed@example.org'))).retryAfterS).toBeLessThanOrEqual(30)
    await instance.timePasses(30_000)
    await expect(instance.logIn('guessed@example.org')).resolves.toBeDefined()
  })

  it('is counted within any 15 minutes, not per quarter of an hour', async () => {
    await instance.signUp('sliding@example.org')
    const guess = () => instance.logIn('sliding@example.org', 'a guess')
    await expect(guess()).rejects.toMatchObject(wrong)
    await instance.timePasses(quarterMs - 30_000)
    for (let again = 2; again <= 5; again += 1) await expect(guess()).rejects.toMatchObject(wrong)
    await instance.timePasses(30_000)
    await expect(guess()).rejects.toMatchObject(wrong)
    const { retryAfterS } = await refusalOf(guess)
    expect(retryAfterS).toBeGreaterThan(15 * 60 - 60)
    expect(retryAfterS).toBeLessThanOrEqual(15 * 60 - 30)
  })

  it('is stopped also when all guesses come at once: 2,000 guesses at 20 accounts from one network reach the hash 100 times (S1)', async () => {
    const accounts = Array.from({ length: 20 }, (_, number) => `target-${number}@example.org`)
    for (const email of accounts) await instance.signUp(email)
    const runs = await instance.hashRuns()
    const guesses = Array.from({ length: 2_000 }, (_, number) => instance.logIn(accounts[number % 20]!, `guess ${number}`))
    const outcomes = await Promise.allSettled(guesses)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([])
    expect((await instance.hashRuns()) - runs).toBeLessThanOrEqual(100)
    await expect(instance.logIn(accounts[0]!, password, '198.51.100.0/24')).resolves.toBeDefined()
  }, 60_000)

  it('does not become easier through a right guess in between, nor harder for those who know the password', async () => {
    await instance.signUp('mixed@example.org')
    for (let guess = 1; guess <= 4; guess += 1) await expect(instance.logIn('mixed@example.org', 'a guess')).rejects.toMatchObject(wrong)
    for (let again = 1; again <= 10; again += 1) await expect(instance.logIn('mixed@example.org')).resolves.toBeDefined()
    await expect(instance.logIn('mixed@example.org', 'a guess')).rejects.toMatchObject(wrong)
    await expect(instance.logIn('mixed@example.org')).rejects.toMatchObject(refused)
  })

  it('is not counted if there was no time to compare it', async () => {
    const settings = { IDENTITY_HASH_CONCURRENCY: '1', IDENTITY_HASH_QUEUE: '0' }
    const busy = await openIdentity(database, { settings })
    await busy.signUp('busy@example.org')
    for (let round = 1; round <= 3; round += 1) {
      const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => busy.logIn('busy@example.org')))
      const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'in'))
      expect(new Set(codes)).toEqual(new Set(['in', 'PORT_OVERLOADED']))
    }
    await busy.close()
  })

  it('does not count while it is being compared: 20 right log-ins at once from one network all succeed', async () => {
    await instance.signUp('family@example.org')
    const other = await openIdentity(database, { settings: { IDENTITY_HASH_QUEUE: '10000' } })
    const logIns = Array.from({ length: 20 }, (_, number) => (number % 2 ? instance : other).logIn('family@example.org'))
    const outcomes = await Promise.allSettled(logIns)
    await other.close()
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
  })

  it('does not count if its deadline passed before the answer', async () => {
    await instance.signUp('late@example.org')
    const late = () => {
      const call = new CurrentCall({ actor: anonymous, trace: { requestId: 'late' }, deadlineMs: performance.now() + 200 })
      return instance.asAnyone((identity) => runCall(call, () => identity.logIn({ email: 'late@example.org', password, network: '192.0.2.0/24' })))
    }
    const busy = Promise.all(Array.from({ length: 40 }, (_, number) => instance.logIn(`busy-${number}@example.org`, 'x').catch(() => undefined)))
    const compared = () => database.database.read((queryable) => queryable.query("SELECT FROM identity.attempt WHERE begun_at <> '{}'"))
    await eventually(async () => expect((await compared()).length).toBeGreaterThan(8))
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, late))
    await busy
    // As many as would lock the account out if they counted.
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(5)
    await expect(instance.logIn('late@example.org')).resolves.toBeDefined()
  })

  it('is allowed again after Retry-After, and not a second before', async () => {
    await instance.signUp('patient@example.org')
    for (let guess = 1; guess <= 3; guess += 1) await expect(instance.logIn('patient@example.org', 'a guess')).rejects.toMatchObject(wrong)
    await instance.timePasses(400_000)
    for (let guess = 4; guess <= 5; guess += 1) await expect(instance.logIn('patient@example.org', 'a guess')).rejects.toMatchObject(wrong)
    const { retryAfterS } = await refusalOf(() => instance.logIn('patient@example.org'))
    await instance.timePasses((retryAfterS - 2) * 1_000)
    await refusalOf(() => instance.logIn('patient@example.org'))
    await instance.timePasses(2_000)
    await expect(instance.logIn('patient@example.org')).resolves.toBeDefined()
  })

  it('that a dead process started counts no longer than a log-in may take', async () => {
    await instance.signUp('orphan@example.org')
    await instance.parts.database.write((transaction) =>
      transaction.query(
        `INSERT INTO identity.attempt (key, begun_at, made_at, expires_at) VALUES ($1, array_fill(now(), ARRAY[5]), '{}', now() + interval '15 minutes')`,
        [guessKey('orphan@example.org 192.0.2.0/24', 'orphan@example.org')],
      ),
    )
    await expect(instance.logIn('orphan@example.org')).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    await instance.timePasses(inFlightS * 1_000)
    await expect(instance.logIn('orphan@example.org')).resolves.toBeDefined()
  })

  it('is limited for a signed-in user too', async () => {
    const id = await instance.signUp('session@example.org')
    const change = (currentPassword: string) =>
      instance.as({ id, role: 'user', sessionId: 's' }, (identity) => identity.changePassword({ currentPassword, newPassword: 'a new password' }))
    for (let guess = 1; guess <= 5; guess += 1) await expect(change('a guess')).rejects.toMatchObject(wrong)
    await expect(change(password)).rejects.toMatchObject(refused)
  })
})

describe('the count of wrong passwords', () => {
  const guessFiveTimes = async (email: string, network?: string) => {
    for (let guess = 1; guess <= 5; guess += 1) await expect(instance.logIn(email, 'a guess', network)).rejects.toMatchObject(wrong)
    await expect(instance.logIn(email, password, network)).rejects.toMatchObject(refused)
  }

  it('starts again after a password reset by mail, in every network', async () => {
    const id = await instance.signUp('forgetful@example.org')
    await guessFiveTimes('forgetful@example.org')
    await guessFiveTimes('forgetful@example.org', '198.51.100.0/24')
    await instance.asAnyone((identity) => identity.requestPasswordReset({ email: 'forgetful@example.org' }))
    await instance.runJobs()
    const token = await instance.tokenFor(id, 'reset')
    await instance.asAnyone((identity) => identity.completePasswordReset({ token, password: 'another good password' }))
    for (const network of ['192.0.2.0/24', '198.51.100.0/24'])
      await expect(instance.logIn('forgetful@example.org', 'another good password', network)).resolves.toBeDefined()
  })

  it('starts again after a changed password, and stays for all other accounts', async () => {
    const id = await instance.signUp('changer@example.org')
    await instance.signUp('bystander@example.org')
    await guessFiveTimes('changer@example.org')
    await guessFiveTimes('bystander@example.org')
    await instance.as({ id, role: 'user', sessionId: 's' }, (identity) =>
      identity.changePassword({ currentPassword: password, newPassword: 'another good password' }),
    )
    await expect(instance.logIn('changer@example.org', 'another good password')).resolves.toBeDefined()
    await expect(instance.logIn('bystander@example.org')).rejects.toMatchObject(refused)
  })
})

describe('whether an address is known', () => {
  const cost = async (work: () => Promise<unknown>) => {
    const runs = await instance.hashRuns()
    const { result, statements } = await countStatements(() => work().catch((error: { code: string }) => error.code))
    return { answer: result, statements: statements.length, hashRuns: (await instance.hashRuns()) - runs }
  }

  beforeAll(() => instance.signUp('known@example.org'))

  it.each([
    ['logging in', (email: string) => instance.logIn(email, 'a wrong password')],
    ['registering', (email: string) => instance.asAnyone((identity) => identity.register({ email, password, name: 'Ada' }))],
    ['requesting a reset', (email: string) => instance.asAnyone((identity) => identity.requestPasswordReset({ email }))],
  ])('does not show when %s: same answer, same number of statements, one run of the hash (S2)', async (_, work) => {
    const known = await cost(() => work('known@example.org'))
    expect(await cost(() => work('unknown@example.org'))).toEqual(known)
    expect(known.hashRuns).toBe(1)
  })

  it('does not show in the answer before the address is confirmed', async () => {
    await instance.asAnyone((identity) => identity.register({ email: 'pending@example.org', password, name: 'Ada' }))
    await expect(instance.logIn('pending@example.org')).rejects.toMatchObject(wrong)
  })
})

describe('a long password', () => {
  it('counts to its end (S3)', async () => {
    const long = 'many words that go on '.repeat(5).slice(0, 100)
    await instance.signUp('long@example.org', long)
    await expect(instance.logIn('long@example.org', `${long.slice(0, 80)}y${long.slice(81)}`)).rejects.toMatchObject(wrong)
    await expect(instance.logIn('long@example.org', long)).resolves.toBeDefined()
  })
})

describe('a new password', () => {
  it('replaces the old one and ends the other sessions', async () => {
    const id = await instance.signUp('changing@example.org')
    const [here, elsewhere] = [await instance.logIn('changing@example.org'), await instance.logIn('changing@example.org')]
    const caller = await instance.authenticate(here)
    await instance.as(caller, (identity) => identity.changePassword({ currentPassword: password, newPassword: 'another password' }))
    await expect(instance.authenticate(elsewhere)).rejects.toMatchObject({ code: 'SESSION_ENDED' })
    await expect(instance.refresh(elsewhere)).rejects.toMatchObject({ code: 'SESSION_ENDED' })
    await expect(instance.authenticate(here)).resolves.toEqual(caller)
    await expect(instance.refresh(here)).resolves.toBeDefined()
    await expect(instance.logIn('changing@example.org')).rejects.toMatchObject(wrong)
    await expect(instance.logIn('changing@example.org', 'another password')).resolves.toBeDefined()
    expect(await instance.lastPublished('identity.password-changed')).toBe(id)
  })

  it('may not be a common one', async () => {
    const id = await instance.signUp('lazy@example.org')
    const change = instance.as({ id, role: 'user', sessionId: 's' }, (identity) =>
      identity.changePassword({ currentPassword: password, newPassword: 'Password1' }),
    )
    await expect(change).rejects.toMatchObject({ code: 'WEAK_PASSWORD' })
  })

  it('is set by one of two changes at the same moment', async () => {
    const id = await instance.signUp('twice@example.org')
    const changes = ['the first password', 'the second password'].map((newPassword) =>
      instance.as({ id, role: 'user', sessionId: 's' }, (identity) => identity.changePassword({ currentPassword: password, newPassword })),
    )
    const outcomes = await Promise.allSettled(changes)
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})
