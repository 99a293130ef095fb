import { operatorToken } from '../open-api.js'
import { type SeededApi } from './seeded-api.js'
import { byAda, byAnyone, byOperator, type Visit } from './visits.js'

let people = 0
const password = 'the long password of a person'
const form = (fields: Record<string, string>) => ({
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})

const newEmail = (): string => `person-${(people += 1)}@example.org`

/** Somebody whose address is confirmed. */
async function person(world: SeededApi): Promise<string> {
  const email = newEmail()
  await world.prepare({ method: 'POST', path: '/accounts', token: operatorToken, json: { email, password, name: 'Person' } }, world.api.internalUrl)
  return email
}

interface Tokens {
  accessToken: string
  refreshToken: string
}
const session = async (world: SeededApi): Promise<Tokens> =>
  world.prepare<Tokens>({ method: 'POST', path: '/v1/sessions', json: { email: await person(world), password } })

async function unconfirmed(world: SeededApi): Promise<string> {
  const email = newEmail()
  await world.prepare({ method: 'POST', path: '/v1/accounts', json: { email, password, name: 'Person' } })
  return world.tokenFor(email, 'verify')
}

async function forgetful(world: SeededApi): Promise<string> {
  const email = await person(world)
  await world.prepare({ method: 'POST', path: '/v1/password-resets', json: { email } })
  return world.tokenFor(email, 'reset')
}

const another = 'another long password'
const token = async (world: SeededApi) => (await session(world)).accessToken

export const identityVisits: Visit[] = [
  byAnyone('POST /v1/accounts', () => ({ json: { email: newEmail(), password, name: 'Person' } })),
  byAnyone('POST /v1/accounts', async (world) => ({ json: { email: await person(world), password, name: 'Person' } })),
  byAnyone('POST /v1/accounts/verifications', async (world) => ({ json: { token: await unconfirmed(world) } })),
  byAnyone('POST /v1/password-resets', async (world) => ({ json: { email: await person(world) } })),
  byAnyone('POST /v1/password-resets', () => ({ json: { email: newEmail() } })),
  byAnyone('POST /v1/password-resets/completions', async (world) => ({ json: { token: await forgetful(world), password: another } })),
  byAnyone('POST /v1/sessions', async (world) => ({ json: { email: await person(world), password } })),
  byAnyone('POST /v1/sessions/refresh', async (world) => ({ json: { refreshToken: (await session(world)).refreshToken } })),
  byAnyone('DELETE /v1/sessions/current', async (world) => ({ token: await token(world) })),
  byAnyone('GET /.well-known/jwks.json'),
  byAda('GET /v1/me'),
  byAda('GET /v1/me', { token: operatorToken }),
  byAda('PATCH /v1/me', { json: { name: 'Ada' } }),
  byAda('PUT /v1/me/password', async (world) => ({ token: await token(world), json: { currentPassword: password, newPassword: another } })),
  byAda('DELETE /v1/me', async (world) => ({ token: await token(world), json: { password } })),
  byAnyone('GET /verify', async (world) => ({ path: `/verify?token=${await unconfirmed(world)}` })),
  byAnyone('POST /verify', async (world) => form({ token: await unconfirmed(world) })),
  byAnyone('GET /reset', async (world) => ({ path: `/reset?token=${await forgetful(world)}` })),
  byAnyone('POST /reset', async (world) => form({ token: await forgetful(world), password: another, repeated: another })),
  byOperator('POST /accounts', () => ({ json: { email: newEmail(), password, name: 'Person' } })),
  byOperator('POST /accounts/promotions', async (world) => ({ json: { email: await person(world) } })),
  byOperator('POST /accounts/demotions', async (world) => {
    const json = { email: await person(world) }
    await world.prepare({ method: 'POST', path: '/accounts/promotions', token: operatorToken, json }, world.api.internalUrl)
    return { json }
  }),
  byOperator('POST /accounts/disablements', async (world) => ({ json: { email: await person(world) } })),
  byOperator('POST /accounts/enablements', async (world) => {
    const json = { email: await person(world) }
    await world.prepare({ method: 'POST', path: '/accounts/disablements', token: operatorToken, json }, world.api.internalUrl)
    return { json }
  }),
  byOperator('POST /accounts/deletions', async (world) => ({ json: { email: await person(world) } })),
]
