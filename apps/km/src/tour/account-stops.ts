import { Secret } from '@kilomega/config'
import type { Connection } from '../api/connection.js'
import type { Visitor } from './visitor.js'
import { expectThat, nothing, type Walk } from './walk.js'

interface MailPage {
  items: { to: string; subject: string; text: string }[]
}

/** From an unknown visitor to one who is signed in. */
export async function openAccount(walk: Walk, { api, internal }: Connection, visitor: Visitor): Promise<void> {
  const { name, email, password } = visitor
  await walk.ask(api, {
    what: 'Register',
    request: { method: 'POST', path: '/v1/accounts', json: { email, password, name } },
    status: 202,
    read: nothing,
  })
  const token = await walk.ask(internal, {
    what: 'Read the mail that verifies the address',
    request: { method: 'GET', path: `/mail.json?to=${encodeURIComponent(email)}` },
    status: 200,
    polls: true,
    read: ({ body }) => tokenIn(body as MailPage),
  })
  await walk.ask(api, {
    what: 'Verify the address',
    request: { method: 'POST', path: '/v1/accounts/verifications', json: { token } },
    status: 204,
    read: nothing,
  })
  visitor.token = await walk.ask(api, {
    what: 'Log in',
    request: { method: 'POST', path: '/v1/sessions', json: { email, password } },
    status: 201,
    read: ({ body }) => {
      const { accessToken, expiresInS } = body as { accessToken: string; expiresInS: number }
      return { value: new Secret(accessToken), says: `a token for ${expiresInS} s` }
    },
  })
}

export async function leave(walk: Walk, { api }: Connection, { token }: Visitor): Promise<void> {
  await walk.ask(api, { what: 'Log out', request: { method: 'DELETE', path: '/v1/sessions/current', token }, status: 204, read: nothing })
  await walk.ask(api, { what: 'Try the old token', request: { method: 'GET', path: '/v1/me', token }, status: 401, polls: true, read: nothing })
}

function tokenIn({ items }: MailPage): { value: string; says: string } {
  const [mail] = items
  const token = /token=([\w.~-]{20,200})/.exec(mail?.text ?? '')?.[1]
  expectThat(mail !== undefined, 'no mail has come')
  expectThat(token !== undefined, 'the mail carries no token')
  return { value: token as string, says: `"${mail?.subject}"` }
}
