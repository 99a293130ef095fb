import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { openSmallApp, type OpenedApp } from '../test/small-app.js'
import { type HttpAddresses, listenHttp } from './index.js'

let opened: OpenedApp
let addresses: HttpAddresses
beforeAll(async () => {
  opened = await openSmallApp({ HTTP_CORS_ORIGINS: 'https://shop.example' })
  addresses = await listenHttp(opened.app)
})
afterAll(() => opened.app.close())

interface Answer {
  status: number
  headers: Map<string, string>
  body: string
}

/** The answer to these bytes, after any 100 Continue. */
async function ask(bytes: string, port: keyof HttpAddresses = 'public'): Promise<Answer> {
  const socket = connect(Number(new URL(addresses[port]!).port), '127.0.0.1')
  socket.write(bytes)
  const answer = (await text(socket)).replace(/^HTTP\/1.1 100 Continue\r\n\r\n/, '')
  const [head = '', ...rest] = answer.split('\r\n\r\n')
  const [line = '', ...lines] = head.split('\r\n')
  const headers = new Map(lines.map((one) => [one.slice(0, one.indexOf(':')).toLowerCase(), one.slice(one.indexOf(':') + 1).trim()]))
  return { status: Number(line.split(' ')[1]), headers, body: rest.join('\r\n\r\n') }
}

const request = (line: string, ...headers: string[]) => [line, 'connection: close', ...headers, '', ''].join('\r\n')
const host = 'host: 127.0.0.1'
const tooLong = 'a'.repeat(30_000)

const refusals: [what: string, bytes: string, status: number, code: string][] = [
  ['nonsense', 'GARBAGE\r\n\r\n', 400, 'VALIDATION_FAILED'],
  ['no Host', request('GET /v1/notes HTTP/1.1'), 400, 'VALIDATION_FAILED'],
  ['two Hosts', request('GET /v1/notes HTTP/1.1', host, 'host: other'), 400, 'VALIDATION_FAILED'],
  ['the same Host twice', request('GET /v1/notes HTTP/1.1', host, host), 400, 'VALIDATION_FAILED'],
  ['two Hosts for an unknown path', request('GET /nowhere HTTP/1.1', host, 'Host: other'), 400, 'VALIDATION_FAILED'],
  ['an invalid Host', request('GET /v1/notes HTTP/1.1', 'host: a b/c'), 400, 'VALIDATION_FAILED'],
  ['a URL of 30 KiB', request(`GET /${tooLong} HTTP/1.1`, host), 414, 'URL_TOO_LONG'],
  ['headers of 30 KiB', request('GET / HTTP/1.1', host, `x-much: ${tooLong}`), 431, 'HEADERS_TOO_LARGE'],
  ['a length that lies', request('POST /v1/notes HTTP/1.1', host, 'content-length: -1'), 400, 'VALIDATION_FAILED'],
  ['two lengths', request('POST /v1/notes HTTP/1.1', host, 'content-length: 1', 'content-length: 2'), 400, 'VALIDATION_FAILED'],
  [
    ...['length and chunks', request('POST /v1/notes HTTP/1.1', host, 'content-length: 1', 'transfer-encoding: chunked'), 400, 'VALIDATION_FAILED'],
  ] as never,
  ['an unknown method', request('FOO /v1/notes HTTP/1.1', host), 501, 'METHOD_UNKNOWN'],
  ['CONNECT', request('CONNECT example.org:443 HTTP/1.1', host), 501, 'METHOD_UNKNOWN'],
  ['a method that no route has', request('PROPFIND /v1/notes HTTP/1.1', host), 405, 'METHOD_NOT_ALLOWED'],
  ['TRACE', request('TRACE /v1/notes HTTP/1.1', host), 405, 'METHOD_NOT_ALLOWED'],
  ['another version', request('GET /v1/notes HTTP/3.0', host), 505, 'HTTP_VERSION_UNKNOWN'],
  ['another expectation', request('GET /v1/notes HTTP/1.1', host, 'expect: the-unexpected'), 417, 'EXPECTATION_FAILED'],
  ['a path that cannot be decoded', request('GET /%zz HTTP/1.1', host), 404, 'NOT_FOUND'],
  ['a parameter that is a prototype', request('GET /v1/notes?__proto__=1 HTTP/1.1', host), 400, 'VALIDATION_FAILED'],
  ['a parameter of a route without any', request('GET /v1/kept?__proto__=1 HTTP/1.1', host), 400, 'VALIDATION_FAILED'],
]
const always = ['x-content-type-options', 'x-frame-options', 'content-security-policy', 'referrer-policy', 'cache-control', 'x-request-id', 'date']

describe.each(['public', 'internal'] as const)('on the %s port', (port) => {
  const there = port === 'public' ? refusals : refusals.filter(([, bytes]) => !/\/v1\/(notes|kept)\??/.test(bytes))

  it.each(there)('%s is refused as a problem with the headers of every answer', async (_, bytes, status, code) => {
    const { status: answered, headers, body } = await ask(bytes, port)
    expect(answered).toBe(status)
    expect([...headers.keys()]).toEqual(expect.arrayContaining(always))
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(JSON.parse(body)).toMatchObject({ code, status, requestId: headers.get('x-request-id') })
  })
})

describe('HTTP', () => {
  it('says which methods a path supports', async () => {
    const { headers } = await ask(request('PROPFIND /v1/notes HTTP/1.1', host))
    expect(headers.get('allow')).toBe('GET, HEAD, POST')
  })

  it('of version 1.0 needs no Host', async () => {
    expect((await ask(request('GET /v1/notes HTTP/1.0'))).status).toBe(200)
  })

  it.each(['http://127.0.0.1/v1/notes?limit=3', 'HTTP://shop.example:80/v1/notes?limit=3'])('accepts the absolute form %s', async (target) => {
    const { status, body } = await ask(request(`GET ${target} HTTP/1.1`, host))
    expect([status, body]).toEqual([200, '{"limit":3}'])
  })

  it.each(['http://127.0.0.1', 'https://127.0.0.1/nowhere', '*'])('finds nothing at %s', async (target) => {
    expect((await ask(request(`GET ${target} HTTP/1.1`, host))).status).toBe(404)
  })

  it('requests a body that is held back', async () => {
    const { status } = await ask(request('POST /v1/notes HTTP/1.1', host, 'expect: 100-Continue', 'authorization: Bearer user'))
    expect(status).toBe(400)
  })

  it('lets pages of listed origins read its headers', async () => {
    const { headers } = await ask(request('GET /v1/notes HTTP/1.1', host, 'origin: https://shop.example'))
    const exposed = headers.get('access-control-expose-headers')!.split(', ')
    expect(exposed).toEqual(
      expect.arrayContaining([
        ...['ETag', 'Location', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'X-Request-Id', 'Traceparent', 'Allow', 'WWW-Authenticate'],
        ...['Idempotency-Replayed', 'Content-Range', 'Accept-Ranges', 'Content-Disposition'],
      ]),
    )
    const preflight = request('OPTIONS /v1/notes HTTP/1.1', host, 'origin: https://shop.example', 'access-control-request-method: GET')
    const allowed = (await ask(preflight)).headers.get('access-control-allow-headers')!.split(', ')
    expect(allowed).toEqual(
      expect.arrayContaining(['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match', 'Range', 'If-Range']),
    )
  })
})
