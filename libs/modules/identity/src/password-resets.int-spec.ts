import type { TestDatabase } from '@kilomega/testing'
import { type IdentityInstance, password } from '../test/identity-instance.js'
import { openIdentity, openIdentityDatabase } from '../test/open-identity.js'

const invalid = { code: 'INVALID_TOKEN' }
const minuteMs = 60_000

let database: TestDatabase
let instance: IdentityInstance
beforeAll(async () => {
  database = await openIdentityDatabase()
  instance = await openIdentity(database)
})
afterAll(async () => {
  await instance.close()
  await database.close()
})

const request = async (email: string): Promise<void> => {
  await instance.asAnyone((identity) => identity.requestPasswordReset({ email }))
  await instance.runJobs()
}
const complete = (token: string, given = 'another password') =>
  instance.asAnyone((identity) => identity.completePasswordReset({ token, password: given }))

describe('a password reset', () => {
  it('sets a new password and ends every session', async () => {
    const id = await instance.signUp('forgetful@example.org')
    const session = await instance.logIn('forgetful@example.org')
    await request('Forgetful@example.org')
    expect(await instance.lastPublished('identity.password-reset-requested')).toBe(id)
    await complete(await instance.tokenFor(id, 'reset'))
    await expect(instance.authenticate(session)).rejects.toMatchObject({ code: 'SESSION_ENDED' })
    await expect(instance.refresh(session)).rejects.toMatchObject({ code: 'SESSION_ENDED' })
    await expect(instance.logIn('forgetful@example.org')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' })
    await expect(instance.logIn('forgetful@example.org', 'another password')).resolves.toBeDefined()
    expect(await instance.lastPublished('identity.password-changed')).toBe(id)
  })

  it('works once, however many use it at the same time (S42)', async () => {
    const id = await instance.signUp('raced@example.org')
    await request('raced@example.org')
    const token = await instance.tokenFor(id, 'reset')
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, number) => complete(token, `another password ${number}`)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(complete(token)).rejects.toMatchObject(invalid)
  })

  it('invalidates the tokens of other mails', async () => {
    const id = await instance.signUp('double@example.org')
    await request('double@example.org')
    const first = await instance.tokenFor(id, 'reset')
    await request('double@example.org')
    const second = await instance.tokenFor(id, 'reset')
    await complete(first)
    await expect(complete(second)).rejects.toMatchObject(invalid)
  })

  it('is valid for half an hour', async () => {
    const id = await instance.signUp('slow@example.org')
    await request('slow@example.org')
    const token = await instance.tokenFor(id, 'reset')
    await instance.timePasses(30 * minuteMs)
    await expect(complete(token)).rejects.toMatchObject(invalid)
    await expect(instance.tokenFor(id, 'reset')).rejects.toThrow()
  })

  it('does not accept a common password', async () => {
    const id = await instance.signUp('common@example.org')
    await request('common@example.org')
    const token = await instance.tokenFor(id, 'reset')
    await expect(complete(token, 'password123')).rejects.toMatchObject({ code: 'WEAK_PASSWORD' })
    await expect(complete(token)).resolves.toBeUndefined()
  })

  it('of an unknown address publishes nothing', async () => {
    const before = await instance.published('identity.password-reset-requested')
    await request('nobody@example.org')
    expect(await instance.published('identity.password-reset-requested')).toEqual(before)
  })

  it('is published at most five times an hour, and the answer does not show it (S17)', async () => {
    const id = await instance.signUp('flooded@example.org')
    for (let attempt = 1; attempt <= 8; attempt += 1) await request('flooded@example.org')
    expect((await instance.published('identity.password-reset-requested')).filter((one) => one === id)).toHaveLength(5)
  })

  it('is published once by a job that runs twice', async () => {
    const id = await instance.signUp('repeated@example.org')
    await instance.asAnyone((identity) => identity.requestPasswordReset({ email: 'repeated@example.org' }))
    instance.parts.held.push(...instance.parts.held)
    await instance.runJobs()
    expect((await instance.published('identity.password-reset-requested')).filter((one) => one === id)).toHaveLength(1)
  })

  it('needs a token of ours', async () => {
    await expect(complete('x'.repeat(80))).rejects.toMatchObject(invalid)
    await expect(instance.logIn('forgetful@example.org', password)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' })
  })
})
