import { openApi, type OpenedApi } from './open-api.js'

let api: OpenedApi
beforeAll(async () => {
  api = await openApi({ HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '100000' })
  await api.signUp('ada')
}, 60_000)
afterAll(() => api.close())

interface Tokens {
  accessToken: string
  refreshToken: string
}

async function logIn(): Promise<Tokens> {
  const json = { email: 'ada@example.org', password: 'the long password of ada' }
  return (await api.ask({ method: 'POST', path: '/v1/sessions', json })).json as Tokens
}

const refresh = (refreshToken: string) => api.ask({ method: 'POST', path: '/v1/sessions/refresh', json: { refreshToken } })
const me = async (token: string) => (await api.ask({ path: '/v1/me', token })).status

it('two tabs that refresh with one token at once both stay signed in', async () => {
  const { refreshToken } = await logIn()
  const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken)])
  expect(answers.map(({ status }) => status)).toEqual([201, 201])
  const [one, two] = answers.map(({ json }) => json as Tokens) as [Tokens, Tokens]
  expect(one.refreshToken).toBe(two.refreshToken)
  expect([await me(one.accessToken), await me(two.accessToken)]).toEqual([200, 200])
  expect((await refresh(one.refreshToken)).status).toBe(201)
})

it('a client that repeats a refresh after its answer was lost stays signed in', async () => {
  const { refreshToken } = await logIn()
  const lost = (await refresh(refreshToken)).json as Tokens
  const repeated = await refresh(refreshToken)
  expect(repeated).toMatchObject({ status: 201, json: { refreshToken: lost.refreshToken } })
  expect(await me((repeated.json as Tokens).accessToken)).toBe(200)
})

it('a refresh token older than the last one ends the session with all its tokens', async () => {
  const { refreshToken } = await logIn()
  const second = (await refresh(refreshToken)).json as Tokens
  const third = (await refresh(second.refreshToken)).json as Tokens
  expect(await refresh(refreshToken)).toMatchObject({ status: 401, json: { code: 'SESSION_ENDED' } })
  expect(await me(third.accessToken)).toBe(401)
  expect((await refresh(third.refreshToken)).status).toBe(401)
})
