import { openSmallApp, type OpenedApp } from '../../test/small-app.js'
import { type HttpAddresses, listenHttp, OpenApi } from '../index.js'

let opened: OpenedApp
let addresses: HttpAddresses
beforeAll(async () => {
  opened = await openSmallApp({ HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '3' })
  addresses = await listenHttp(opened.app)
})
afterAll(() => opened.app.close())

const urlEncoded = 'application/x-www-form-urlencoded'

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(addresses.public + path, init)
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const post = (body: string | Uint8Array | FormData | undefined, headers: Record<string, string> = { 'content-type': urlEncoded }, path = '/page') =>
  ask(path, { method: 'POST', headers, ...(body !== undefined && { body: body as string }) })

function expectPage({ headers }: { headers: Headers }): void {
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; form-action 'self'")
  expect(headers.get('referrer-policy')).toBe('same-origin')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-frame-options')).toBe('DENY')
}

describe('a page', () => {
  it('sends the headers that a browser needs to post its form, and sends no referrer to other origins', async () => {
    const shown = await ask('/page?name=ada')
    expect([shown.status, shown.text]).toEqual([200, '<p>{"name":"ada"}</p>'])
    expectPage(shown)
  })

  it('ignores query fields that mail programs add', async () => {
    expect((await ask('/page?utm_source=news&name=ada&__proto__=1&utm_source=again')).text).toBe('<p>{"name":"ada"}</p>')
    expect((await post('name=eve', undefined, '/page?mc_cid=1')).text).toBe('<p>[{"name":""},{"name":"eve"}]</p>')
  })

  it('accepts its form in both encodings', async () => {
    const form = new FormData()
    form.set('name', 'ä & b')
    form.set('unheardOf', '1')
    for (const answer of [await post('name=%C3%A4+%26+b&unheardOf=1'), await post(form, {})])
      expect([answer.status, answer.text]).toEqual([200, '<p>[{"name":""},{"name":"ä & b"}]</p>'])
  })

  it('accepts a form without fields', async () => {
    for (const answer of [await post(''), await post(undefined, {}), await post('__proto__=1&constructor=2')])
      expect([answer.status, answer.text]).toEqual([200, '<p>[{"name":""},{"name":""}]</p>'])
  })

  it.each([
    ['JSON', '{"name":"ada"}', { 'content-type': 'application/json' }, '415 UNSUPPORTED_CONTENT_TYPE'],
    ['text', 'name=ada', { 'content-type': 'text/plain' }, '415 UNSUPPORTED_CONTENT_TYPE'],
    ['a compressed form', 'name=ada', { 'content-type': urlEncoded, 'content-encoding': 'gzip' }, '415 UNSUPPORTED_CONTENT_TYPE'],
    ['a form of 17 KiB', `name=ada&more=${'a'.repeat(17 * 1024)}`, { 'content-type': urlEncoded }, '413 PAYLOAD_TOO_LARGE'],
    ['a form that is cut off', '--b\r\ncontent-disp', { 'content-type': 'multipart/form-data; boundary=b' }, '400 VALIDATION_FAILED'],
    ['a form without its boundary', 'name=ada', { 'content-type': 'multipart/form-data' }, '400 VALIDATION_FAILED'],
    ['escapes that are not UTF-8', 'name=%ff', { 'content-type': urlEncoded }, '400 VALIDATION_FAILED name'],
    ['bytes that are not UTF-8', Buffer.from('name=\xff', 'latin1'), { 'content-type': urlEncoded }, '400 VALIDATION_FAILED'],
    ['a field that is too long', `name=${'a'.repeat(21)}`, { 'content-type': urlEncoded }, '400 VALIDATION_FAILED name'],
    ['a field twice', 'name=a&name=b', { 'content-type': urlEncoded }, '400 VALIDATION_FAILED name'],
    ['a NUL', 'name=%00', { 'content-type': urlEncoded }, '400 VALIDATION_FAILED name'],
    ['the form of another site', 'name=a', { 'content-type': urlEncoded, origin: 'https://evil.example' }, '403 ORIGIN_NOT_ALLOWED'],
    ['the form of an opaque origin', 'name=a', { 'content-type': urlEncoded, origin: 'null' }, '403 ORIGIN_NOT_ALLOWED'],
  ])('refuses %s with a page', async (_, body, headers, expected) => {
    const refused = await post(body, headers as Record<string, string>)
    expect(`${refused.status} ${refused.text.replace(/ ?<\/?p>/g, '')}`).toBe(expected)
    expectPage(refused)
  })

  it('accepts its own form with the origin that browsers send', async () => {
    expect((await post('name=a', { 'content-type': urlEncoded, origin: addresses.public! })).status).toBe(200)
  })

  it('answers a quota and a fault with a page too, and shows nothing of the error', async () => {
    const answers = []
    for (let count = 0; count < 4; count += 1) answers.push(await post('', undefined, '/page/counted'))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
    expect(answers[3]!.headers.get('retry-after')).toMatch(/^\d+$/)
    expectPage(answers[3]!)
    const failed = await ask('/page/fault')
    expect([failed.status, failed.text]).toEqual([500, '<p>INTERNAL </p>'])
    expectPage(failed)
  })

  it('accepts HEAD, and no other method', async () => {
    expect((await ask('/page', { method: 'HEAD' })).status).toBe(200)
    const refused = await ask('/page', { method: 'PUT' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
  })

  it('is not in the OpenAPI document', () => {
    const paths = Object.keys(opened.app.get(OpenApi).document().paths)
    expect(paths).toContain('/v1/notes')
    expect(paths.filter((path) => path.startsWith('/page'))).toEqual([])
  })
})

describe('all other routes', () => {
  it.each(['/v1/notes', '/v1/files'])('such as %s do not accept forms', async (path) => {
    const refused = await post('title=a', { 'content-type': urlEncoded, authorization: 'Bearer user' }, path)
    expect([refused.status, refused.headers.get('content-type')]).toEqual([415, 'application/problem+json'])
  })

  it('send no referrer', async () => {
    expect((await ask('/v1/notes')).headers.get('referrer-policy')).toBe('no-referrer')
  })
})
