import type { TestDatabase } from '@kilomega/testing'
import { dictionary } from '@zxcvbn-ts/language-common'
import { type IdentityInstance, password } from '../test/identity-instance.js'
import { openIdentity, openIdentityDatabase } from '../test/open-identity.js'

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

const register = async (email: string, given = password): Promise<string> => {
  await instance.asAnyone((identity) => identity.register({ email, password: given, name: 'Ada' }))
  return instance.lastPublished('identity.account-registered')
}
const verify = (token: string) => instance.asAnyone((identity) => identity.verify({ token }))

describe('a registration', () => {
  it('becomes an account, with the id that its mail was for, when the address is confirmed', async () => {
    const id = await register('ada@example.org')
    await expect(instance.logIn('ada@example.org')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' })
    await verify(await instance.tokenFor(id, 'verify'))
    expect((await instance.authenticate(await instance.logIn('ADA@Example.org'))).id).toBe(id)
    expect(await instance.published('identity.account-verified')).toContain(id)
  })

  it('is confirmed once, however many confirm it at the same time (S42)', async () => {
    const token = await instance.tokenFor(await register('busy@example.org'), 'verify')
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => verify(token)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason.code !== 'INVALID_TOKEN')).toEqual([])
  })

  it('can be confirmed for a day', async () => {
    const token = await instance.tokenFor(await register('late@example.org'), 'verify')
    await instance.timePasses(24 * 60 * 60_000)
    await expect(verify(token)).rejects.toMatchObject({ code: 'INVALID_TOKEN' })
  })

  it('of an address that has an account changes nothing and notifies its owner', async () => {
    const id = await instance.signUp('owner@example.org')
    await instance.asAnyone((identity) => identity.register({ email: 'Owner@example.org', password: 'another password', name: 'Eve' }))
    expect(await instance.published('identity.registration-repeated')).toEqual([id])
    await expect(instance.logIn('owner@example.org', 'another password')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' })
    await expect(instance.logIn('owner@example.org')).resolves.toBeDefined()
  })

  it('by somebody else before the address was confirmed gains nothing: each mail confirms what was entered with it', async () => {
    const own = await register('victim@example.org', 'the password of the victim')
    const other = await register('victim@example.org', 'the password of the thief')
    const [ownToken, otherToken] = [await instance.tokenFor(own, 'verify'), await instance.tokenFor(other, 'verify')]
    await verify(ownToken)
    await expect(verify(otherToken)).rejects.toMatchObject({ code: 'INVALID_TOKEN' })
    await expect(instance.logIn('victim@example.org', 'the password of the thief')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' })
    await expect(instance.logIn('victim@example.org', 'the password of the victim')).resolves.toBeDefined()
  })

  it('sends five mails an hour to one address, and silently drops the sixth', async () => {
    const before = (await instance.published('identity.account-registered')).length
    for (let attempt = 1; attempt <= 7; attempt += 1) await register('flooded@example.org')
    expect((await instance.published('identity.account-registered')).length - before).toBe(5)
    await instance.timePasses(60 * 60_000)
    await register('flooded@example.org')
    expect((await instance.published('identity.account-registered')).length - before).toBe(6)
  })

  it('with one of 300 common passwords is refused before anything is hashed (S3)', async () => {
    const common = dictionary['passwords-common'].map(String).filter((word) => word.length >= 8)
    const runs = await instance.hashRuns()
    for (const weak of common.slice(0, 300)) {
      await expect(register('weak@example.org', weak)).rejects.toMatchObject({ code: 'WEAK_PASSWORD' })
    }
    expect(await instance.hashRuns()).toBe(runs)
  })
})

describe('a token in a mail', () => {
  it('is in no table', async () => {
    const token = await instance.tokenFor(await register('secret@example.org'), 'verify')
    const [, mac] = token.split('.')
    const rows = await database.database.read((queryable) => queryable.query('SELECT * FROM identity.registration, identity.outbox'))
    expect(JSON.stringify(rows)).not.toContain(mac)
  })

  it('is valid for one purpose', async () => {
    const token = await instance.tokenFor(await register('purpose@example.org'), 'verify')
    const complete = instance.asAnyone((identity) => identity.completePasswordReset({ token, password }))
    await expect(complete).rejects.toMatchObject({ code: 'INVALID_TOKEN' })
  })
})
