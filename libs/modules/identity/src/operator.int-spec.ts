import { anonymous } from '@kilomega/ports'
import type { TestDatabase } from '@kilomega/testing'
import type { IdentityInstance } from '../test/identity-instance.js'
import { openIdentity, openIdentityDatabase } from '../test/open-identity.js'

const operatorToken = 'a token of the operator'
const email = 'operator@localhost.localdomain'

let database: TestDatabase
let instance: IdentityInstance
beforeAll(async () => {
  database = await openIdentityDatabase()
  instance = await openIdentity(database, { settings: { IDENTITY_OPERATOR_TOKEN: operatorToken } })
})
afterAll(async () => {
  await instance.close()
  await database.close()
})

const authenticate = (token: string, where = instance) => where.as(anonymous, (identity) => identity.authenticate({ token }))

describe('the operator', () => {
  it('is an admin with an account, the same after every start', async () => {
    const operator = await authenticate(operatorToken)
    const again = await openIdentity(database, { settings: { IDENTITY_OPERATOR_TOKEN: operatorToken } })
    expect(await authenticate(operatorToken, again)).toEqual(operator)
    await again.close()
    expect(operator.role).toBe('admin')
    expect(await instance.as(operator, (identity) => identity.me({}))).toMatchObject({ id: operator.id, email, role: 'admin' })
  })

  it('may promote others to admins', async () => {
    await instance.signUp('ada@example.org')
    const operator = await authenticate(operatorToken)
    expect(await instance.as(operator, (identity) => identity.promote({ email: 'ada@example.org' }))).toMatchObject({ role: 'admin' })
    const unknown = instance.as(operator, (identity) => identity.promote({ email: 'nobody@example.org' }))
    await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('has no password to log in with or to reset', async () => {
    for (const given of ['', 'null', operatorToken]) {
      await expect(instance.logIn(email, given || ' ')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' })
    }
    await instance.asAnyone((identity) => identity.requestPasswordReset({ email }))
    await instance.runJobs()
    expect(await instance.published('identity.password-reset-requested')).toEqual([])
  })

  it('stays signed in after logging out', async () => {
    const operator = await authenticate(operatorToken)
    await instance.as(operator, (identity) => identity.logOut({}))
    expect(await authenticate(operatorToken)).toEqual(operator)
  })

  it('is not recognised by an almost right token', async () => {
    await expect(authenticate(`${operatorToken} `)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await expect(authenticate('')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})
