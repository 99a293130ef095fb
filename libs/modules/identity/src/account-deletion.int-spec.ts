import { system } from '@kilomega/ports'
import type { TestDatabase } from '@kilomega/testing'
import { password, type IdentityInstance } from '../test/identity-instance.js'
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

const refused = (code: string) => expect.objectContaining({ code })
const rows = <Row extends object>(sql: string, ...values: unknown[]) => database.database.read((queryable) => queryable.query<Row>(sql, values))

describe('a user who deletes their own account', () => {
  it('confirms it by the password, and a wrong one counts', async () => {
    const email = 'careful@example.org'
    await instance.signUp(email)
    const caller = await instance.authenticate(await instance.logIn(email))
    const attempt = (given: string) => instance.as(caller, (identity) => identity.deleteMe({ password: given }))
    for (let count = 0; count < 5; count += 1) await expect(attempt('a wrong one')).rejects.toEqual(refused('INVALID_CREDENTIALS'))
    await expect(attempt(password)).rejects.toEqual(refused('TOO_MANY_ATTEMPTS'))
    expect(await instance.as(caller, (identity) => identity.me({}))).toMatchObject({ email })
  })

  it('is gone: signed out, unknown to senders of mail, announced once, and no session, reset or registration is left', async () => {
    const email = 'ada@example.org'
    const id = await instance.signUp(email)
    const [session, other] = [await instance.logIn(email), await instance.logIn(email)]
    const caller = await instance.authenticate(session)
    await instance.asAnyone((identity) => identity.requestPasswordReset({ email }))
    const token = await instance.tokenFor(id, 'reset')
    await instance.as(caller, (identity) => identity.deleteMe({ password }))
    for (const one of [session, other]) {
      await expect(instance.authenticate(one)).rejects.toEqual(refused('SESSION_ENDED'))
      await expect(instance.refresh(one)).rejects.toEqual(refused('SESSION_ENDED'))
    }
    await expect(instance.as(system, (identity) => identity.addressOf({ accountId: id }))).rejects.toEqual(refused('NOT_FOUND'))
    await expect(instance.asAnyone((identity) => identity.completePasswordReset({ token, password }))).rejects.toEqual(refused('INVALID_TOKEN'))
    await expect(instance.logIn(email)).rejects.toEqual(refused('INVALID_CREDENTIALS'))
    expect(await instance.published('identity.account-deleted')).toEqual([id])
    expect(await rows('SELECT FROM identity.registration WHERE email = $1', email)).toEqual([])
    expect(await rows('SELECT FROM identity.session WHERE account_id = $1', id)).toEqual([])
    expect(await rows('SELECT FROM identity.password_reset WHERE account_id = $1', id)).toEqual([])
  })

  it('may register again with the same address, as a new account', async () => {
    const email = 'back@example.org'
    const before = await instance.signUp(email)
    const caller = await instance.authenticate(await instance.logIn(email))
    await instance.as(caller, (identity) => identity.deleteMe({ password }))
    const after = await instance.signUp(email)
    expect(after).not.toBe(before)
    expect(await instance.authenticate(await instance.logIn(email))).toMatchObject({ id: after, role: 'user' })
  })

  it('is not deleted if the password was changed while it was being compared', async () => {
    const email = 'busy@example.org'
    await instance.signUp(email)
    const caller = await instance.authenticate(await instance.logIn(email))
    const change = { currentPassword: password, newPassword: 'a newer and longer password' }
    const [deleted, changed] = await Promise.allSettled([
      instance.as(caller, (identity) => identity.deleteMe({ password })),
      instance.as(caller, (identity) => identity.changePassword(change)),
    ])
    expect([deleted.status, changed.status].sort()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('an admin who deletes an account', () => {
  it('names its address; the second time the account is missing', async () => {
    const email = 'spam@example.org'
    const id = await instance.signUp(email)
    const session = await instance.logIn(email)
    await instance.as(system, (identity) => identity.delete({ email: 'Spam@Example.org' }))
    await expect(instance.authenticate(session)).rejects.toEqual(refused('SESSION_ENDED'))
    expect(await instance.lastPublished('identity.account-deleted')).toBe(id)
    await expect(instance.as(system, (identity) => identity.delete({ email }))).rejects.toEqual(refused('NOT_FOUND'))
  })
})
