import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { gate, openSmallApp, type OpenedApp } from '../test/small-app.js'
import { drainHttp, type HttpAddresses, listenHttp } from './index.js'

let opened: OpenedApp
let addresses: HttpAddresses
beforeEach(async () => {
  gate.opened = Promise.resolve()
  opened = await openSmallApp()
  addresses = await listenHttp(opened.app)
})
afterEach(() => opened.app.close())

const ask = async (url: string, agent?: Agent): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> => {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage]
  return { status: response.statusCode!, headers: response.headers, body: await text(response) }
}

describe('the two ports', () => {
  it('serve only what is declared for each', async () => {
    expect((await ask(`${addresses.internal}/inside`)).body).toBe('{"ok":true}')
    expect((await ask(`${addresses.internal}/v1/notes`)).status).toBe(404)
    expect((await ask(`${addresses.public}/inside`)).status).toBe(404)
    expect((await ask(`${addresses.public}/metrics`)).status).toBe(404)
  })

  it('give metrics by route, and details of health only on the internal one', async () => {
    await ask(`${addresses.public}/v1/notes/3`)
    const metrics = (await ask(`${addresses.internal}/metrics`)).body
    expect(metrics).toContain('http_request_duration_ms_count{method="GET",route="/v1/notes/:id",status="2xx"} 1')
    expect(metrics).toContain('nodejs_eventloop_lag_p99_seconds')
    expect((await ask(`${addresses.public}/health/ready?details`)).body).toBe('{"status":"ready"}')
    expect(JSON.parse((await ask(`${addresses.internal}/health/ready?details`)).body)).toEqual({ status: 'ready', degraded: [], checks: [] })
  })

  it.each(['/inside', '/metrics', '/health/live', '/health/ready?details', '/nowhere'])(
    'inside, %s is not served under a foreign name',
    async (path) => {
      const [response] = (await once(get(addresses.internal + path, { headers: { host: 'evil.example' } }), 'response')) as [IncomingMessage]
      expect([response.statusCode, JSON.parse(await text(response))]).toMatchObject([421, { code: 'MISDIRECTED_REQUEST' }])
    },
  )

  it('report clearly that a port is taken', async () => {
    const other = await openSmallApp({ HTTP_PORT: new URL(addresses.public!).port })
    await expect(listenHttp(other.app)).rejects.toThrow(/HTTP_PORT: 127.0.0.1:\d+ cannot be opened: another process uses it/)
    await other.app.close()
  })
})

describe('an answer', () => {
  const always = [
    'x-content-type-options',
    'x-frame-options',
    'content-security-policy',
    'referrer-policy',
    'cache-control',
    'x-request-id',
    'traceparent',
  ]

  const namesIn = async (url: string): Promise<string[]> => {
    const [response] = (await once(get(url), 'response')) as [IncomingMessage]
    response.resume()
    return response.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
  }

  it.each([
    ['/v1/notes', 'public'],
    ['/nowhere', 'public'],
    ['/%zz', 'public'],
    ['/metrics', 'internal'],
  ] as const)('%s says what all answers say, and says it once', async (path, port) => {
    const names = await namesIn(`${addresses[port]!}${path}`)
    expect(names).toEqual(expect.arrayContaining(always))
    expect(new Set(names).size).toBe(names.length)
  })

  it('has other headers if its route sets them', async () => {
    const { headers } = await ask(`${addresses.public}/v1/kept`)
    expect(headers['cache-control']).toBe('max-age=60')
  })
})

it('a call is cancelled when its client disconnects', async () => {
  let open: () => void = () => undefined
  gate.opened = new Promise((resolve) => (open = resolve))
  gate.signals = []
  const asked = get(`${addresses.public}/v1/call`).on('error', () => undefined)
  await inFlight(1)
  asked.destroy()
  const [signal] = gate.signals
  if (!signal!.aborted) await once(signal!, 'abort')
  open()
})

describe('draining', () => {
  it('is immediate when nothing is in flight, idle connections or not', async () => {
    const agent = new Agent({ keepAlive: true })
    await ask(`${addresses.public}/v1/notes`, agent)
    const silent = connect(Number(new URL(addresses.public!).port), '127.0.0.1')
    await once(silent, 'connect')
    const startedMs = performance.now()
    await drainHttp(opened.app)
    expect(performance.now() - startedMs).toBeLessThan(500)
    agent.destroy()
  })

  it('does not wait for clients that have disconnected, whatever their requests still do', async () => {
    gate.opened = new Promise(() => undefined)
    const asked = get(`${addresses.public}/v1/call`).on('error', () => undefined)
    await inFlight(1)
    asked.destroy()
    const gone = connect(Number(new URL(addresses.public!).port), '127.0.0.1')
    gone.write('GET /v1/call HTTP/1.1\r\nhost: x\r\n\r\n', () => gone.resetAndDestroy())
    await once(gone, 'close')
    const startedMs = performance.now()
    await drainHttp(opened.app)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  it('fails readiness, lets requests in flight finish, and asks clients to close', async () => {
    let open: () => void = () => undefined
    gate.opened = new Promise((resolve) => (open = resolve))
    const agent = new Agent({ keepAlive: true })
    const waiting = Array.from({ length: 20 }, () => ask(`${addresses.public}/v1/call`, agent))
    await inFlight(20)
    const drained = drainHttp(opened.app)
    expect((await ask(`${addresses.internal}/health/ready`)).status).toBe(503)
    expect((await ask(`${addresses.internal}/health/live`)).status).toBe(200)
    open()
    const answers = await Promise.all(waiting)
    expect(answers.every(({ status, headers }) => status === 200 && headers.connection === 'close')).toBe(true)
    await drained
    await expect(ask(`${addresses.public}/v1/notes`)).rejects.toThrow()
    agent.destroy()
  })
})

/** Waits until this many requests are in flight; the edge's own metrics say so. */
async function inFlight(count: number): Promise<void> {
  const deadline = performance.now() + 5_000
  while (performance.now() < deadline) {
    const { body } = await ask(`${addresses.internal}/metrics`)
    if (Number(/^http_requests_in_flight (\d+)/m.exec(body)?.[1]) > count) return
  }
  throw new Error(`never ${count} requests in flight`)
}
