import { MemorySecretStore } from '@kilomega/config'
import type { Session } from '@kilomega/contracts'
import type { TestDatabase } from '@kilomega/testing'
import type { IdentityInstance } from '../test/identity-instance.js'
import { openIdentity, openIdentityDatabase } from '../test/open-identity.js'
import { lifetimesS } from './lifetimes.js'

const ended = { code: 'SESSION_ENDED' }
const email = 'ada@example.org'
const graceMs = lifetimesS.refreshGrace * 1_000

let database: TestDatabase
let instance: IdentityInstance
let other: IdentityInstance
beforeAll(async () => {
  database = await openIdentityDatabase()
  const together = { secrets: new MemorySecretStore() }
  instance = await openIdentity(database, together)
  other = await openIdentity(database, together)
  await instance.signUp(email)
})
afterAll(async () => {
  await instance.close()
  await other.close()
  await database.close()
})

const logOut = async (session: Session) => instance.as(await instance.authenticate(session), (identity) => identity.logOut({}))

describe('a refresh token', () => {
  it('is exchanged for a new one, once', async () => {
    const session = await instance.logIn(email)
    const next = await other.refresh(session)
    expect(await instance.authenticate(next)).toEqual(await instance.authenticate(session))
    await expect(instance.refresh(next)).resolves.toBeDefined()
  })

  it('presented again more than 10 s after its use ends the session with all its tokens: 100 of 100 (S10)', async () => {
    const families: Session[][] = []
    for (let family = 1; family <= 100; family += 1) {
      const first = await instance.logIn(email)
      families.push([first, await instance.refresh(first)])
    }
    await instance.timePasses(graceMs + 100)
    for (const [first, second] of families as [Session, Session][]) {
      await expect(instance.refresh(first)).rejects.toMatchObject(ended)
      await expect(instance.refresh(second)).rejects.toMatchObject(ended)
      await expect(instance.authenticate(second)).rejects.toMatchObject(ended)
    }
    expect(instance.parts.signals.of('identity.refresh-token-reused').length).toBeGreaterThanOrEqual(100)
  })

  it('used twice at once gives both callers the same next one, and the session continues: 20 of 20', async () => {
    for (let round = 1; round <= 20; round += 1) {
      const session = await instance.logIn(email)
      const [one, two] = await Promise.all([instance.refresh(session), other.refresh(session)])
      expect(one.refreshToken).toBe(two.refreshToken)
      expect(one.refreshToken).not.toBe(session.refreshToken)
      for (const each of [one, two]) await expect(other.authenticate(each)).resolves.toBeDefined()
      await expect(instance.refresh(one)).resolves.toBeDefined()
    }
  })

  it('used ten times at once gives one next one (S10)', async () => {
    const session = await instance.logIn(email)
    const answers = await Promise.all(Array.from({ length: 10 }, (_, number) => (number % 2 ? instance : other).refresh(session)))
    expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(1)
  })

  it('whose answer was lost is answered again for 10 s, by every process, with the same next one', async () => {
    const session = await instance.logIn(email)
    const lost = await instance.refresh(session)
    await instance.timePasses(graceMs - 2_000)
    const repeated = await other.refresh(session)
    expect(repeated.refreshToken).toBe(lost.refreshToken)
    await expect(other.authenticate(repeated)).resolves.toBeDefined()
  })

  it('has its 10 s once: a repeat does not extend them', async () => {
    const session = await instance.logIn(email)
    const next = await instance.refresh(session)
    await instance.timePasses(graceMs - 2_000)
    await other.refresh(session)
    await instance.timePasses(graceMs - 2_000)
    await expect(other.refresh(session)).rejects.toMatchObject(ended)
    await expect(other.refresh(next)).rejects.toMatchObject(ended)
  })

  it('ends the session within the 10 s too if the next one was used, because then the answer had arrived', async () => {
    const session = await instance.logIn(email)
    const last = await instance.refresh(await instance.refresh(session))
    await expect(other.refresh(session)).rejects.toMatchObject(ended)
    await expect(instance.refresh(last)).rejects.toMatchObject(ended)
  })

  it('is not answered again once the session has ended', async () => {
    const session = await instance.logIn(email)
    await logOut(await instance.refresh(session))
    await expect(instance.refresh(session)).rejects.toMatchObject(ended)
  })

  it('used while the database’s clock was ahead has no more than its 10 s', async () => {
    const session = await instance.logIn(email)
    await instance.refresh(session)
    await instance.timePasses(-60 * 60_000)
    await expect(instance.refresh(session)).rejects.toMatchObject(ended)
  })

  it('of a session from before refreshes were recorded is accepted, and is answered again like any other', async () => {
    const session = await instance.logIn(email)
    await database.database.write((transaction) => transaction.query('UPDATE identity.session SET refreshed_at = NULL'))
    const next = await instance.refresh(session)
    expect((await instance.refresh(session)).refreshToken).toBe(next.refreshToken)
  })

  it('is valid for 30 days', async () => {
    const session = await instance.logIn(email)
    await instance.timePasses(30 * 24 * 60 * 60_000)
    await expect(instance.refresh(session)).rejects.toMatchObject(ended)
  })

  it('that is forged ends no session', async () => {
    const session = await instance.logIn(email)
    const [sessionId, nonce, mac] = session.refreshToken.split('.') as [string, string, string]
    const invented = [`${sessionId}.${nonce}.${mac.replace(/^./, (first) => (first === 'x' ? 'y' : 'x'))}`, `${sessionId}.${mac}`, 'x'.repeat(100)]
    for (const refreshToken of invented) await expect(instance.refresh({ ...session, refreshToken })).rejects.toMatchObject(ended)
    await expect(instance.refresh(session)).resolves.toBeDefined()
  })

  it('is in no table', async () => {
    const session = await instance.logIn(email)
    const rows = await database.database.read((queryable) => queryable.query('SELECT id, encode(refresh_hash, $1) FROM identity.session', ['escape']))
    expect(JSON.stringify(rows)).not.toContain(session.refreshToken.split('.')[1])
    const { refreshToken } = await instance.refresh(session)
    const later = await database.database.read((queryable) => queryable.query('SELECT session::text FROM identity.session'))
    for (const part of refreshToken.split('.').slice(1)) expect(JSON.stringify(later)).not.toContain(part)
  })
})
