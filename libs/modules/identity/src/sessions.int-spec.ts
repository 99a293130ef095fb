import { MemorySecretStore } from '@kilomega/config'
import { countStatements } from '@kilomega/database'
import { system } from '@kilomega/ports'
import { eventually, type TestDatabase } from '@kilomega/testing'
import type { IdentityInstance } from '../test/identity-instance.js'
import { openIdentity, openIdentityDatabase } from '../test/open-identity.js'
import { trustMs } from './ended-sessions.js'

const ended = { code: 'SESSION_ENDED' }
const email = 'ada@example.org'

let database: TestDatabase
let instance: IdentityInstance
let other: IdentityInstance
const together = { secrets: new MemorySecretStore() }
beforeAll(async () => {
  database = await openIdentityDatabase()
  instance = await openIdentity(database, together)
  other = await openIdentity(database, together)
  await instance.signUp(email)
})
afterAll(async () => {
  await instance.close()
  await other.close()
  await database.close()
})

const logOut = async (session: Parameters<IdentityInstance['authenticate']>[0]) =>
  instance.as(await instance.authenticate(session), (identity) => identity.logOut({}))

describe('a session', () => {
  it('is new at every log-in, is valid in every process, and says for how long', async () => {
    const [first, second] = [await instance.logIn(email), await instance.logIn(email)]
    const [one, two] = [await instance.authenticate(first), await other.authenticate(second)]
    expect(Buffer.from(one.sessionId, 'base64url')).toHaveLength(16)
    expect(one).toEqual({ ...two, sessionId: one.sessionId })
    expect(one.sessionId).not.toBe(two.sessionId)
    expect(first).toMatchObject({ expiresInS: 600, refreshExpiresInS: 30 * 24 * 60 * 60 })
  })

  it('is recognised from memory, without a query', async () => {
    const session = await instance.logIn(email)
    await instance.authenticate(session)
    await eventually(async () => (await countStatements(() => instance.authenticate(session))).statements.length === 0)
  })

  it('is in memory from its first use to its end', async () => {
    const session = await instance.logIn(email)
    const principal = () => instance.parts.known.principalOf(session.accessToken)
    expect(principal()).toBeUndefined()
    const met = await instance.authenticate(session)
    expect(principal()).toEqual(met)
    await logOut(session)
    expect(principal()).toBeUndefined()
  })

  it('is not answered from memory if ended sessions were not read recently', async () => {
    const session = await instance.logIn(email)
    await instance.authenticate(session)
    // On the monotonic clock, which tests cannot move: longer than what is in memory may be trusted.
    await new Promise((resolve) => setTimeout(resolve, trustMs + 100))
    expect(instance.parts.known.principalOf(session.accessToken)).toBeUndefined()
    await eventually(() => expect(instance.parts.known.principalOf(session.accessToken)).toBeDefined())
  })

  it('ends within a second in every process when its owner logs out, 50 of 50 (S4)', async () => {
    const sessions = await Promise.all(Array.from({ length: 50 }, (_, number) => instance.logIn(email, undefined, `192.0.2.${number}/32`)))
    await Promise.all(sessions.map((session) => other.authenticate(session)))
    for (const session of sessions) await logOut(session)
    const refusals = (where: IdentityInstance) => Promise.allSettled(sessions.map((session) => where.authenticate(session)))
    expect((await refusals(instance)).every(({ status }) => status === 'rejected')).toBe(true)
    await eventually(
      async () => (await refusals(other)).every((outcome) => outcome.status === 'rejected' && outcome.reason.code === 'SESSION_ENDED'),
      1_000,
    )
    for (const session of sessions) await expect(other.refresh(session)).rejects.toMatchObject(ended)
  })

  it('ends within a second also in a process that missed the message (S4)', async () => {
    const session = await instance.logIn(email)
    const { sessionId } = await other.authenticate(session)
    await instance.parts.database.write(async (transaction) => {
      await transaction.query('DELETE FROM identity.session WHERE id = $1', [sessionId])
      await transaction.query("INSERT INTO identity.ended_session (id, expires_at) VALUES ($1, now() + interval '15 minutes')", [sessionId])
    })
    await eventually(() => expect(other.authenticate(session)).rejects.toMatchObject(ended), 1_000)
  })

  it('that its owner and an admin end at the same moment ends once, and both succeed: 20 of 20', async () => {
    const { id } = await instance.authenticate(await instance.logIn(email))
    for (let round = 1; round <= 20; round += 1) {
      const session = await instance.logIn(email)
      await Promise.all([logOut(session), other.as(system, (identity) => identity.disable({ email }))])
      await instance.as(system, (identity) => identity.enable({ email }))
      await expect(instance.refresh(session)).rejects.toMatchObject(ended)
    }
    const left = 'SELECT FROM identity.session WHERE account_id = $1'
    expect(await database.database.read((queryable) => queryable.query(left, [id]))).toEqual([])
  })

  it('stays ended in a process that starts afterwards', async () => {
    const session = await instance.logIn(email)
    await logOut(session)
    const later = await openIdentity(database, together)
    await expect(later.authenticate(session)).rejects.toMatchObject(ended)
    await later.close()
  })
})

describe('a role', () => {
  it('that changed appears in the next access token', async () => {
    await instance.signUp('lead@example.org')
    const session = await instance.logIn('lead@example.org')
    await instance.as(system, (identity) => identity.promote({ email: 'LEAD@example.org' }))
    expect((await instance.authenticate(session)).role).toBe('user')
    expect((await instance.authenticate(await instance.refresh(session))).role).toBe('admin')
  })
})
