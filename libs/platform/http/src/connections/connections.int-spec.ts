import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { gate, openSmallApp, type OpenedApp } from '../../test/small-app.js'
import { type HttpAddresses, listenHttp } from '../index.js'

const bundle = 'GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: x\r\n\r\n'
const call = (id: string, more = '') => `GET /v1/call HTTP/1.1\r\nhost: x\r\nx-request-id: ${id}\r\n${more}\r\n`

let opened: OpenedApp
let addresses: HttpAddresses
let sockets: Socket[] = []
beforeEach(async () => {
  gate.opened = Promise.resolve()
  gate.signals = []
  opened = await openSmallApp({ HTTP_BUDGET_MS: '400', HTTP_STALL_MS: '400' })
  addresses = await listenHttp(opened.app)
})
afterEach(async () => {
  sockets.forEach((socket) => socket.destroy())
  sockets = []
  await opened.app.close()
})

/** Reads nothing unless a test does. */
function open(port: keyof HttpAddresses = 'public'): Socket {
  const socket = connect(Number(new URL(addresses[port]!).port), '127.0.0.1').on('error', () => undefined)
  sockets.push(socket)
  return socket
}

const closing = (socket: Socket): Promise<unknown> => (socket.destroyed ? Promise.resolve() : once(socket, 'close'))
const metrics = async (): Promise<string> => (await fetch(`${addresses.internal}/metrics`)).text()

describe('requests that a client sends ahead', () => {
  it('are answered one at a time and in order', async () => {
    let release: () => void = () => undefined
    gate.opened = new Promise((resolve) => (release = resolve))
    const socket = open()
    socket.write(Array.from({ length: 10 }, (_, index) => call(`r${index}`, index === 9 ? 'connection: close\r\n' : '')).join(''))
    while (gate.signals.length === 0) await metrics()
    expect(gate.signals).toHaveLength(1)
    release()
    const ids = [...(await text(socket)).matchAll(/"requestId":"(r\d)"/g)].map(([, id]) => id)
    expect(ids).toEqual(Array.from({ length: 10 }, (_, index) => `r${index}`))
  })

  it('are all answered if the client reads, however many there are in all', async () => {
    const socket = open()
    const padding = `x-padding: ${'x'.repeat(1_000)}\r\n`
    socket.write(Array.from({ length: 1_000 }, (_, index) => call(`r${index}`, index === 999 ? 'connection: close\r\n' : padding)).join(''))
    const ids = [...(await text(socket)).matchAll(/"requestId":"(r\d+)"/g)].map(([, id]) => id)
    expect(ids).toEqual(Array.from({ length: 1_000 }, (_, index) => `r${index}`))
  })

  it('keep their bodies, even one that comes later', async () => {
    const socket = open()
    const post = (more = '') =>
      `POST /v1/notes HTTP/1.1\r\nhost: x\r\nauthorization: Bearer user\r\ncontent-type: application/json\r\ncontent-length: 13\r\n${more}\r\n`
    socket.write(`${post()}{"title":"a"}${post()}{"title":"b"}${post('connection: close\r\n')}{"title"`)
    const answers = text(socket)
    await once(socket, 'data')
    socket.write(':"c"}')
    expect([...(await answers).matchAll(/"title":"(.)"/g)].map(([, title]) => title)).toEqual(['a', 'b', 'c'])
  })

  it.each([
    ['public', call('r')],
    ['internal', 'GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ] as const)('are too many beyond a hundred: the client is cut off at the %s port', async (port, request) => {
    gate.opened = new Promise(() => undefined)
    const socket = open(port)
    socket.write(request.repeat(1_000))
    await closing(socket)
    expect(gate.signals.length).toBeLessThanOrEqual(1)
    expect(await metrics()).toContain('http_connections_cut_total{reason="too-many-ahead"} 1')
  })
})

it('a client that does not read its answer is cut off', async () => {
  const socket = open()
  socket.write(bundle.repeat(50))
  await once(socket, 'connect')
  await untilCut('answer-not-taken')
  expect(await metrics()).toContain('http_requests_in_flight 1')
})

describe('a body that arrives a byte at a time', () => {
  const head = (path: string, more: string) => `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 400000\r\n${more}\r\n`
  const json = 'content-type: application/json\r\n'
  const token = 'authorization: Bearer user\r\n'
  const form = 'content-type: multipart/form-data; boundary=b\r\n'

  /** Sends byte after byte until the connection ends; returns the answer. */
  async function drip(start: string): Promise<string> {
    const socket = open()
    socket.write(start)
    const dripping = setInterval(() => socket.writable && socket.write('x'), 20)
    const answer = await text(socket).finally(() => clearInterval(dripping))
    return answer
  }

  it.each([
    ['a JSON route', head('/v1/notes', token + json), 408, 'REQUEST_TIMEOUT'],
    ['an open JSON route', head('/v1/sessions', json), 408, 'REQUEST_TIMEOUT'],
    [
      'an upload',
      `${head('/v1/files', token + form)}--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n`,
      408,
      'REQUEST_TIMEOUT',
    ],
    ['a route without a token', head('/v1/notes', json), 401, 'UNAUTHENTICATED'],
    ['no route', head('/nowhere', json), 404, 'NOT_FOUND'],
    ['headers', 'GET / HTTP/1.1\r\nhost: x\r\nx-slow: ', 408, 'REQUEST_TIMEOUT'],
  ])('is refused for %s', async (_, start, status, code) => {
    const startedMs = performance.now()
    const answer = await drip(start)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toContain(`"code":"${code}"`)
    expect(answer).toContain('x-content-type-options: nosniff')
    if (status === 408) expect(answer.toLowerCase()).toContain('connection: close')
    expect(performance.now() - startedMs).toBeLessThan(3_000)
  })
})

it('a body that a client holds back is requested once the client may send it', async () => {
  const post = (token: string) =>
    `POST /v1/notes HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 13\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n`
  const refused = open()
  refused.write(post('nobody'))
  expect(await text(refused)).toMatch(/^HTTP\/1.1 401 /)
  const asked = open()
  asked.write(post('user'))
  const [first] = (await once(asked, 'data')) as [Buffer]
  expect(first.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  asked.write('{"title":"a"}')
  expect(await text(asked)).toMatch(/^HTTP\/1.1 201 /)
})

async function untilCut(reason: string): Promise<void> {
  const deadlineMs = performance.now() + 10_000
  while (performance.now() < deadlineMs) if ((await metrics()).includes(`http_connections_cut_total{reason="${reason}"} 1`)) return
  throw new Error(`no connection was cut for ${reason}`)
}
