import { openSmallApp, type OpenedApp } from '../test/small-app.js'

let opened: OpenedApp
beforeAll(async () => (opened = await openSmallApp({ HTTP_CORS_ORIGINS: 'https://shop.example', HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '3' })))
afterAll(() => opened.app.close())

type Request = { method?: string; url: string; headers?: Record<string, string>; payload?: string | object }
const ask = ({ method = 'GET', ...rest }: Request) => opened.app.inject({ method: method as 'GET', ...rest })
const names = (count: number) => Array.from({ length: count }, (_, index) => `"k${index}":1`).join()
const as = (name: string, headers: Record<string, string> = {}) => ({ authorization: `Bearer ${name}`, ...headers })

describe('a request at the edge', () => {
  it('is answered with its id, its trace and the security headers', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const { statusCode, headers } = await ask({ url: '/v1/notes', headers: { 'x-request-id': 'abc-1', traceparent } })
    expect(statusCode).toBe(200)
    expect(headers).toMatchObject({
      'x-request-id': 'abc-1',
      traceparent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/) as string,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    })
  })

  it('gets an id of ours if its own is not safe', async () => {
    const { headers } = await ask({ url: '/v1/notes', headers: { 'x-request-id': 'a b\u00e9' } })
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
    expect(headers['traceparent']).toContain(headers['x-request-id'])
  })

  it('runs as a call with actor, trace, key and a deadline', async () => {
    const response = await ask({ url: '/v1/call', headers: as('user', { 'idempotency-key': 'k 1', 'x-request-id': 'r1' }) })
    expect(response.json()).toMatchObject({ actor: { kind: 'user', id: 'user' }, trace: { requestId: 'r1' }, key: 'k 1', limited: true })
  })

  it('keeps the call while a body is read', async () => {
    const response = await ask({ method: 'POST', url: '/v1/notes', headers: as('user'), payload: { title: 'a' } })
    expect([response.statusCode, response.json()]).toEqual([201, { title: 'a' }])
  })

  it('passes ready-made JSON through unchanged', async () => {
    const { body, headers } = await ask({ url: '/v1/notes/7' })
    expect([body, headers['content-type']]).toEqual(['{"id":"7"}', 'application/json; charset=utf-8'])
  })
})

describe('a refusal', () => {
  it.each<[string, Request, number, string]>([
    ['no token', { method: 'POST', url: '/v1/notes', payload: 'not json', headers: { 'content-type': 'application/json' } }, 401, 'UNAUTHENTICATED'],
    ['a bad token', { url: '/v1/notes', headers: as('nobody') }, 401, 'UNAUTHENTICATED'],
    ['another scheme', { url: '/v1/notes', headers: { authorization: 'Basic dXNlcg==' } }, 401, 'UNAUTHENTICATED'],
    ['a user where an admin is required', { method: 'DELETE', url: '/v1/notes/1', headers: as('user') }, 403, 'FORBIDDEN'],
    ['an unknown path', { url: '/v1/nothing' }, 404, 'NOT_FOUND'],
    ['a route without a declaration', { url: '/v1/undeclared' }, 404, 'NOT_FOUND'],
    ['a route of the internal port', { url: '/inside' }, 404, 'NOT_FOUND'],
    ['a path that cannot be decoded', { url: '/v1/%E0%A4%A' }, 404, 'NOT_FOUND'],
    ['another method', { method: 'PUT', url: '/v1/notes', headers: as('user') }, 405, 'METHOD_NOT_ALLOWED'],
    ['OPTIONS without an origin', { method: 'OPTIONS', url: '/v1/notes' }, 405, 'METHOD_NOT_ALLOWED'],
    [
      'a body that is not JSON',
      { method: 'POST', url: '/v1/notes', headers: as('user', { 'content-type': 'application/json' }), payload: '{' },
      400,
      'VALIDATION_FAILED',
    ],
    [
      'another content type',
      { method: 'POST', url: '/v1/notes', headers: as('user', { 'content-type': 'text/plain' }), payload: '{}' },
      415,
      'UNSUPPORTED_CONTENT_TYPE',
    ],
    [
      'a compressed body',
      { method: 'POST', url: '/v1/notes', headers: as('user', { 'content-encoding': 'gzip' }), payload: {} },
      415,
      'UNSUPPORTED_CONTENT_TYPE',
    ],
    [
      'a body over 448 KiB',
      { method: 'POST', url: '/v1/notes', headers: as('user'), payload: { title: 'x'.repeat(460_000) } },
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    ['a URL over 8 KiB', { url: `/v1/notes?limit=${'1'.repeat(8_200)}` }, 414, 'URL_TOO_LONG'],
    ['headers over 16 KiB', { url: '/v1/notes', headers: { 'x-much': 'x'.repeat(17_000) } }, 431, 'HEADERS_TOO_LARGE'],
    ['no If-Match where one is required', { method: 'DELETE', url: '/v1/notes/1', headers: as('admin') }, 428, 'PRECONDITION_REQUIRED'],
    ['a key that is not valid', { url: '/v1/call', headers: { 'idempotency-key': 'x'.repeat(256) } }, 400, 'INVALID_IDEMPOTENCY_KEY'],
    ['a fault of ours', { url: '/v1/fault' }, 500, 'INTERNAL'],
  ])('for %s is a problem with status and code', async (_, request, status, code) => {
    const response = await ask(request)
    expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([status, code])
    expect(response.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    expect(response.json()).toMatchObject({ status, requestId: response.headers['x-request-id'], type: `urn:kilomega:error:${code}` })
  })

  it('says which methods a path supports and how to sign in', async () => {
    expect((await ask({ method: 'PUT', url: '/v1/notes' })).headers['allow']).toBe('GET, HEAD, POST')
    expect((await ask({ method: 'POST', url: '/v1/notes' })).headers['www-authenticate']).toBe('Bearer')
  })

  it('shows the cause of an internal error only in the log', async () => {
    const { body } = await ask({ url: '/v1/fault' })
    expect(body).not.toContain('secret')
    expect(opened.lines.find((line) => line.includes('http.request-failed'))).toContain('select secret from host')
  })
})

describe('input', () => {
  const problemsOf = async (request: Request) => (await ask(request)).json<{ errors: { path: string; code: string }[] }>().errors

  it('lists all problems at once, unknown fields by name at every level', async () => {
    const payload = { title: '', tags: [{ name: 'a', colour: 1 }], size: 3 }
    const problems = await problemsOf({ method: 'POST', url: '/v1/notes?page=1', headers: as('user'), payload })
    expect(problems.map(({ path, code }) => `${path} ${code}`).sort()).toEqual(
      ['page unknown_field', 'size unknown_field', 'tags.0.colour unknown_field', 'title too_small'].sort(),
    )
  })

  it.each<[string, Request, number]>([
    ['unknown fields', { method: 'POST', url: '/v1/notes', payload: `{${names(15_000)}}` }, 950],
    ['bad items', { method: 'POST', url: '/v1/notes', payload: `{"title":"a","tags":[${Array(150_000).fill('1').join()}]}` }, 950],
    ['unknown fields of items', { method: 'POST', url: '/v1/notes', payload: `{"title":"a","tags":[{"name":"a",${names(15_000)}}]}` }, 950],
    ['unknown parameters', { url: `/v1/notes?${Array.from({ length: 1_000 }, (_, index) => `k${index}`).join('&')}` }, 950],
  ])('lists 50 problems of many %s, and counts the others', async (_, request, moreErrors) => {
    const { statusCode, body } = await ask({ ...request, headers: as('user', { 'content-type': 'application/json' }) })
    const problem = JSON.parse(body) as { errors: unknown[]; moreErrors: number }
    expect([statusCode, problem.errors.length, problem.moreErrors]).toEqual([400, 50, moreErrors])
    expect(body.length).toBeLessThan(10_000)
  })

  it('quotes only a little of a long name', async () => {
    const { body } = await ask({ method: 'POST', url: '/v1/notes', headers: as('user'), payload: { title: 'a', ['x'.repeat(400_000)]: 1 } })
    expect(body.length).toBeLessThan(1_000)
  })

  it.each([
    ['fields', `{${names(20_001)}}`],
    ['objects with a field', `{"title":"a","tags":[${Array.from({ length: 25_000 }, (_, index) => `{"t${index}":":\\\""}`).join()}]}`],
  ])('refuses too many %s before it reads them', async (_, payload) => {
    const headers = as('user', { 'content-type': 'application/json' })
    expect(await problemsOf({ method: 'POST', url: '/v1/notes', headers, payload })).toMatchObject([{ path: '', code: 'too_big' }])
  })

  it('does not count colons inside strings, whatever comes before the closing quote', async () => {
    const payload = { title: ':"\\":'.repeat(30_000), extra: { a: '\\', b: '::' } }
    expect((await ask({ method: 'POST', url: '/v1/notes', headers: as('user'), payload })).json()).toEqual(payload)
  })

  it('reads query values as the types in the schema', async () => {
    const { body } = await ask({ url: '/v1/notes?limit=5&mine=true&facets=a,b' })
    expect(JSON.parse(body)).toEqual({ limit: 5, mine: true, facets: ['a', 'b'] })
  })

  it.each(['limit=x', 'limit=1&limit=2', 'mine=yes', 'limit=', 'facets=a,c', 'access_token=user'])('refuses ?%s', async (query) => {
    expect((await ask({ url: `/v1/notes?${query}` })).statusCode).toBe(400)
  })

  it.each([
    ['{"title":"a","extra":{"__proto__":{"polluted":1}}}', '__proto__'],
    ['{"title":"a","extra":{"constructor":{"prototype":1}}}', 'constructor'],
    [`{"title":"a","extra":{"x":${'['.repeat(30)}${']'.repeat(30)}}}`, ''],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, ''],
  ])('refuses what reaches a prototype or is nested too deeply', async (payload, path) => {
    const problems = await problemsOf({ method: 'POST', url: '/v1/notes', headers: as('user', { 'content-type': 'application/json' }), payload })
    expect(problems[0]!.path).toBe(path)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('another origin', () => {
  it('may call if it is listed', async () => {
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' }
    const { statusCode, headers: answer } = await ask({ method: 'OPTIONS', url: '/v1/notes', headers })
    expect([statusCode, answer['access-control-allow-origin'], answer['access-control-allow-methods']]).toEqual([
      204,
      'https://shop.example',
      'GET, HEAD, POST',
    ])
  })

  it.each(['null', 'https://shop.example.evil.org', 'https://evil-shop.example', 'http://shop.example'])('%s may not call', async (origin) => {
    expect((await ask({ method: 'OPTIONS', url: '/v1/notes', headers: { origin } })).statusCode).toBe(403)
    expect((await ask({ method: 'POST', url: '/v1/notes', headers: as('user', { origin }), payload: { title: 'a' } })).statusCode).toBe(403)
    expect((await ask({ url: '/v1/notes', headers: { origin } })).headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('quotas', () => {
  it('refuse with the time to wait, whatever X-Forwarded-For says', async () => {
    const answers = []
    for (let at = 0; at < 5; at += 1) {
      answers.push(await ask({ method: 'POST', url: '/v1/sessions', headers: { 'x-forwarded-for': `10.0.0.${at}` } }))
    }
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([204, 204, 204, 429, 429])
    expect(answers[0]!.headers).toMatchObject({ 'ratelimit-policy': '"credentials";q=3;w=60', ratelimit: '"credentials";r=2;t=20' })
    expect(Number(answers[4]!.headers['retry-after'])).toBeGreaterThan(0)
  })
})
