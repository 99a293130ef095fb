import type { TestDatabase } from '@kilomega/testing'
import type { IdentityInstance } from '../test/identity-instance.js'
import { openIdentity, openIdentityDatabase } from '../test/open-identity.js'

const counts = `
  SELECT (SELECT count(*) FROM identity.attempt) AS attempts, (SELECT count(*) FROM identity.ended_session) AS "endedSessions",
    (SELECT count(*) FROM identity.password_reset) AS resets, (SELECT count(*) FROM identity.registration) AS registrations,
    (SELECT count(*) FROM identity.session) AS sessions, (SELECT count(*) FROM identity.account) AS accounts`

let database: TestDatabase
let instance: IdentityInstance
beforeAll(async () => {
  database = await openIdentityDatabase()
  instance = await openIdentity(database, { settings: { IDENTITY_OPERATOR_TOKEN: '' } })
})
afterAll(async () => {
  await instance.close()
  await database.close()
})

describe('removing expired rows', () => {
  it('removes them after they expire, not before, and leaves accounts alone', async () => {
    await instance.signUp('ada@example.org')
    await instance.asAnyone((identity) => identity.register({ email: 'new@example.org', password: 'a password for nobody else', name: 'New' }))
    await instance.asAnyone((identity) => identity.requestPasswordReset({ email: 'ada@example.org' }))
    const [, gone] = [await instance.logIn('ada@example.org'), await instance.logIn('ada@example.org')]
    await instance.as(await instance.authenticate(gone), (identity) => identity.logOut({}))
    const count = async () => (await database.database.read((queryable) => queryable.query(counts)))[0]
    const before = await count()
    await instance.parts.jobs.forgetExpired()
    expect(await count()).toEqual(before)
    await instance.timePasses(30 * 24 * 60 * 60_000)
    await instance.parts.jobs.forgetExpired()
    expect(await count()).toMatchObject({ attempts: 0, endedSessions: 0, resets: 0, registrations: 0, sessions: 0, accounts: 2 })
  })
})
