import { MemorySecretStore } from '@kilomega/config'
import { eventually, FakeClock, type TestDatabase } from '@kilomega/testing'
import type { IdentityInstance } from '../test/identity-instance.js'
import { openIdentity, openIdentityDatabase } from '../test/open-identity.js'

const weeksMs = 31 * 24 * 60 * 60_000
const email = 'ada@example.org'
const guess = (who: string) => ahead.logIn(who, 'a guess')
const wrong = { code: 'INVALID_CREDENTIALS' }

let database: TestDatabase
let ahead: IdentityInstance
let right: IdentityInstance

/** Two processes; the clock of one is 31 days ahead while `meanwhile` runs, and right before and after. */
async function whileAhead<T>(meanwhile: () => Promise<T>): Promise<T> {
  ahead.parts.clock.advance(weeksMs)
  try {
    return await meanwhile()
  } finally {
    ahead.parts.clock.advance(-weeksMs)
  }
}

beforeAll(async () => {
  database = await openIdentityDatabase()
  const secrets = new MemorySecretStore()
  const clock = () => new FakeClock(new Date().toISOString())
  ahead = await openIdentity(database, { secrets, clock: clock() })
  right = await openIdentity(database, { secrets, clock: clock() })
  await right.signUp(email)
})
afterAll(async () => {
  await ahead.close()
  await right.close()
  await database.close()
})

describe('a process whose clock is weeks ahead for a while', () => {
  it('logs nobody out: sessions from before and from this time continue, in every process', async () => {
    const before = await ahead.logIn(email)
    const meanwhile = await whileAhead(async () => {
      await ahead.parts.jobs.forgetExpired()
      return ahead.logIn(email)
    })
    for (const session of [before, meanwhile]) await expect(right.refresh(session)).resolves.toBeDefined()
  })

  it('issues valid access tokens, and accepts those of others', async () => {
    const before = await right.logIn(email)
    const meanwhile = await whileAhead(async () => {
      await expect(ahead.authenticate(before)).resolves.toBeDefined()
      return ahead.logIn(email)
    })
    for (const process of [ahead, right]) await expect(process.authenticate(meanwhile)).resolves.toBeDefined()
  })

  it('forgets no ended session', async () => {
    const sessions = [await right.logIn(email), await right.logIn(email)] as const
    for (const session of sessions) await ahead.authenticate(session)
    await right.as(await right.authenticate(sessions[0]), (identity) => identity.logOut({}))
    await whileAhead(async () => {
      await ahead.parts.jobs.forgetExpired()
      await right.as(await right.authenticate(sessions[1]), (identity) => identity.logOut({}))
    })
    const ended = { code: 'SESSION_ENDED' }
    for (const session of sessions) await eventually(() => expect(ahead.authenticate(session)).rejects.toMatchObject(ended), 1_000)
  })

  it('keeps pending registrations and resets, and gives new ones their full time', async () => {
    const register = (address: string) =>
      ahead.asAnyone((identity) => identity.register({ email: address, password: 'a password for nobody else', name: 'New' }))
    await register('before@example.org')
    const before = await ahead.lastPublished('identity.account-registered')
    await whileAhead(async () => {
      await ahead.parts.jobs.forgetExpired()
      await expect(ahead.tokenFor(before, 'verify')).resolves.toBeDefined()
      await ahead.asAnyone((identity) => identity.requestPasswordReset({ email }))
    })
    await right.parts.jobs.forgetExpired()
    ahead.parts.held.splice(0).forEach((job) => right.parts.held.push(job))
    await right.runJobs()
    const id = await right.lastPublished('identity.password-reset-requested')
    await expect(right.tokenFor(id, 'reset')).resolves.toBeDefined()
    await expect(right.tokenFor(before, 'verify')).resolves.toBeDefined()
  })

  it('counts attempts as made now: a wrong password later is refused for minutes at most', async () => {
    await right.signUp('guessed@example.org')
    await whileAhead(async () => {
      for (let count = 1; count <= 5; count += 1) await expect(guess('guessed@example.org')).rejects.toMatchObject(wrong)
    })
    const refusal = await guess('guessed@example.org').catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
    expect((refusal as { details: { retryAfterS: number } }).details.retryAfterS).toBeLessThanOrEqual(15 * 60)
  })

  it('does not lift the limit on guesses', async () => {
    await right.signUp('limited@example.org')
    for (let count = 1; count <= 5; count += 1) await expect(guess('limited@example.org')).rejects.toMatchObject(wrong)
    await whileAhead(async () => {
      await ahead.parts.jobs.forgetExpired()
      await expect(guess('limited@example.org')).rejects.toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
    })
    await expect(guess('limited@example.org')).rejects.toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
  })
})

describe('attempts recorded with a time in the future', () => {
  it('count as made now, and expire after their usual time', async () => {
    await right.signUp('future@example.org')
    for (let count = 1; count <= 5; count += 1) await expect(right.logIn('future@example.org', 'a guess')).rejects.toMatchObject(wrong)
    await right.timePasses(-weeksMs)
    const refusal = await right.logIn('future@example.org', 'a guess').catch((error: unknown) => error)
    expect((refusal as { details: { retryAfterS: number } }).details.retryAfterS).toBeLessThanOrEqual(15 * 60)
    await right.timePasses(15 * 60_000 + 1_000)
    await expect(right.logIn('future@example.org', 'a guess')).rejects.toMatchObject(wrong)
  })
})
