import { eventually } from '@kilomega/testing'
import { openApi, type OpenedApi } from './open-api.js'
import { fieldsOfBothPorts } from './fields.js'

let api: OpenedApi
beforeAll(async () => {
  api = await openApi({ HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '100000' })
}, 60_000)
afterAll(() => api.close())

const password = 'a horse that nobody has met'
const register = (email: string) => api.ask({ method: 'POST', path: '/v1/accounts', json: { email, password, name: 'Ana' } })
const logIn = (email: string) => api.ask({ method: 'POST', path: '/v1/sessions', json: { email, password } })

async function mailsTo(email: string): Promise<{ to: string; text: string }[]> {
  const { json } = await api.ask({ path: `/mail.json?to=${encodeURIComponent(email)}` }, api.internalUrl)
  return (json as { items: { to: string; text: string }[] }).items
}

async function signUp(email: string): Promise<void> {
  expect(await register(email)).toMatchObject({ status: 202, json: { email } })
  const token = await eventually(async () => /token=([\w.~-]{20,200})/.exec((await mailsTo(email))[0]!.text)![1]!, 20_000)
  expect((await api.ask({ method: 'POST', path: '/v1/accounts/verifications', json: { token } })).status).toBe(204)
}

it.each([
  'ana@xn--e1afmkfd.xn--p1ai',
  'ana@example.xn--vermgensberatung-pwb',
  'a&b@example.org',
  'ops/dept@example.org',
  'go!@example.org',
  'a#1@example.org',
  'prvs=x@example.org',
  'a~b@example.org',
  'ana@räucher.de',
  'ö@example.org',
  'дмитрий@пример.рф',
])('%s can register and sign in', async (email) => {
  await signUp(email)
  expect((await logIn(email)).status).toBe(201)
})

it('one mailbox is one account, however its address is written', async () => {
  await signUp('Ä@Müller.DE')
  const forms = ['ä@müller.de', 'A\u0308@mu\u0308ller.de', 'ä@xn--mller-kva.de', 'Ä@XN--MLLER-KVA.de']
  for (const email of forms) {
    const { status, json } = await logIn(email)
    expect(status).toBe(201)
    const me = await api.ask({ path: '/v1/me', token: (json as { accessToken: string }).accessToken })
    expect(me.json).toMatchObject({ email: 'ä@xn--mller-kva.de' })
  }
  const before = (await mailsTo(forms[0]!)).length
  await register(forms[2]!)
  await eventually(async () => expect(await mailsTo(forms[0]!)).toHaveLength(before + 1), 20_000)
  expect((await mailsTo(forms[0]!))[0]!.text).not.toMatch(/token=/)
})

it.each([
  'ana',
  'ana@localhost',
  'ana@192.0.2.1',
  'ana@[192.0.2.1]',
  'Ana <ana@example.org>',
  'ana@example.org, eve@evil.test',
  'ana@example.org\r\nBcc: eve@evil.test',
  'a\u200bna@example.org',
  `${'ä'.repeat(33)}@example.org`,
])('%j is refused by its field', async (email) => {
  expect(await register(email)).toMatchObject({ status: 400, json: { code: 'VALIDATION_FAILED', errors: [{ path: 'email' }] } })
})

it('the OpenAPI file describes the accepted addresses: those of all scripts', () => {
  const fields = fieldsOfBothPorts(api).filter(({ path }) => path === 'email')
  expect(fields.length).toBeGreaterThanOrEqual(4)
  for (const { schema } of fields) expect(schema).toMatchObject({ type: 'string', format: 'idn-email', maxLength: 254 })
  for (const { schema } of fields) expect(schema).not.toHaveProperty('pattern')
})
