import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { eventually } from '../eventually.js'
import { HttpBalancer } from './http-balancer.js'

interface TestBackend {
  url: string
  readyUrl: string
  server: Server
  state: { ready: boolean; silent: boolean; connections: number; heard: string[] }
}

const servers: Server[] = []
const droppers: { close: () => void }[] = []
let balancer: HttpBalancer
beforeEach(async () => {
  balancer = await HttpBalancer.open()
})
afterEach(async () => {
  await balancer.close()
  for (const one of droppers.splice(0)) one.close()
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

const named =
  (name: string): RequestListener =>
  (_, response) =>
    response.end(name)

async function backend(answer: RequestListener): Promise<TestBackend> {
  const state = { ready: true, silent: false, connections: 0, heard: [] as string[] }
  const server = createServer((incoming, response) => {
    if (state.silent) return
    if (incoming.url === '/ready') return void response.writeHead(state.ready ? 204 : 503).end()
    state.heard.push(`${incoming.method} ${incoming.url}`)
    answer(incoming, response)
  }).listen(0, '127.0.0.1')
  server.on('connection', () => (state.connections += 1))
  servers.push(server)
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, readyUrl: `${url}/ready`, server, state }
}

async function balance(...backends: { url: string; readyUrl: string }[]): Promise<void> {
  for (const one of backends) balancer.add(one)
  await eventually(() => balancer.ready().length === backends.length)
}

const textOf = async (path = '/'): Promise<string> => (await fetch(`${balancer.url}${path}`)).text()

/** Answers requests at `/ready` like a backend; for any other request it ends the connection without an answer. */
async function dropper(): Promise<{ url: string; readyUrl: string; dropped: string[]; close: () => void }> {
  const [dropped, open] = [[] as string[], new Set<Socket>()]
  const server = createTcpServer((socket) => {
    open.add(socket)
    socket
      .on('error', () => undefined)
      .on('data', (data: Buffer) => {
        const line = data.toString().split('\r\n')[0]!
        if (line.startsWith('GET /ready')) return socket.write('HTTP/1.1 204 No Content\r\n\r\n')
        dropped.push(line.replace(/ HTTP.*/, ''))
        return socket.destroy()
      })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () => {
    server.close()
    for (const socket of open) socket.destroy()
  }
  droppers.push({ close })
  return { url, readyUrl: `${url}/ready`, dropped, close }
}

it('gives requests in turn to the backends that are ready, over persistent connections', async () => {
  const [a, b] = [await backend(named('a')), await backend(named('b'))]
  await balance(a, b)
  const answers: string[] = []
  for (let count = 0; count < 10; count += 1) answers.push(await textOf())
  expect(answers.slice(0, 2).toSorted()).toEqual(['a', 'b'])
  expect([balancer.answeredBy(a.url), balancer.answeredBy(b.url)]).toEqual([5, 5])
  // One for requests, one for the readiness checks between them.
  expect(a.state.connections).toBeLessThanOrEqual(2)
  expect(balancer.counts).toMatchObject({ answered: 10, retried: 0 })
})

it('follows readiness: a backend that is not ready gets nothing, one that comes back gets its share', async () => {
  const [a, b] = [await backend(named('a')), await backend(named('b'))]
  await balance(a, b)
  a.state.ready = false
  await eventually(() => balancer.ready().length === 1)
  for (let count = 0; count < 4; count += 1) expect(await textOf()).toBe('b')
  a.state.ready = true
  await eventually(() => balancer.ready().length === 2)
  expect([await textOf(), await textOf()].toSorted()).toEqual(['a', 'b'])
})

it('gives requests to a backend that was late once to say that it is ready, but not if it stays silent', async () => {
  const only = await backend(named('a'))
  await balance(only)
  only.state.silent = true
  const { connections } = only.state
  // Each check that times out ends its connection, so the next one opens another.
  await eventually(() => only.state.connections > connections + 1, 10_000)
  expect(balancer.ready()).toEqual([only.url])
  await eventually(() => balancer.ready().length === 0, 10_000)
  only.state.silent = false
  await eventually(() => balancer.ready().length === 1)
})

it('answers 503 when no backend is ready, and when all were removed', async () => {
  const only = await backend(named('a'))
  expect((await fetch(balancer.url)).status).toBe(503)
  await balance(only)
  expect(await textOf()).toBe('a')
  balancer.remove(only.url)
  expect((await fetch(balancer.url)).status).toBe(503)
  expect(balancer.counts.noBackend).toBe(2)
})

it('passes method, path, headers and bodies through in both directions', async () => {
  const echo = await backend((incoming, response) => {
    response.writeHead(
      201,
      'Made',
      [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-host', incoming.headers.host!],
        ['x-path', incoming.url!],
      ].flat(),
    )
    incoming.pipe(response)
  })
  await balance(echo)
  const sent = randomBytes(3_000_000)
  const out = request(`${balancer.url}//other.example/x?y=%20z`, {
    method: 'POST',
    headers: { host: 'www.example.org', 'transfer-encoding': 'chunked' },
  })
  out.end(sent)
  const [answer] = (await once(out, 'response')) as [IncomingMessage]
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  expect(hash(await buffer(answer))).toBe(hash(sent))
  expect([answer.statusCode, answer.statusMessage, answer.headers['set-cookie']]).toEqual([201, 'Made', ['a=1', 'b=2']])
  expect([answer.headers['x-host'], answer.headers['x-path']]).toEqual(['www.example.org', '//other.example/x?y=%20z'])
})

it('streams: the first bytes of an answer arrive before its last ones exist', async () => {
  let finish = (): void => undefined
  const slow = await backend((_, response) => {
    response.write('first')
    finish = () => response.end('last')
  })
  await balance(slow)
  const answer = (await fetch(balancer.url)).body!.getReader()
  expect(Buffer.from((await answer.read()).value!).toString()).toBe('first')
  finish()
  expect(Buffer.from((await answer.read()).value!).toString()).toBe('last')
})

it('retries a GET at another backend after a hang-up, but nothing that may have had an effect', async () => {
  const [bad, good] = [await dropper(), await backend(named('good'))]
  await balance(bad, good)
  for (let count = 0; count < 4; count += 1) expect(await textOf()).toBe('good')
  expect(bad.dropped).toEqual(['GET /', 'GET /'])
  expect(balancer.counts).toMatchObject({ unanswered: 2, retried: 2, answered: 4 })
  const statusOf = async (body?: string) => (await fetch(balancer.url, { method: 'POST', ...(body === undefined ? {} : { body }) })).status
  const statuses = [await statusOf(), await statusOf(), await statusOf('x'), await statusOf('x')]
  expect(statuses.toSorted()).toEqual([200, 200, 502, 502])
  expect(good.state.heard.filter((line) => line === 'POST /')).toHaveLength(2)
})

it('retries any request without a body at another backend when the connection was refused', async () => {
  const [gone, good] = [await dropper(), await backend(named('good'))]
  const never = await backend(named('ready in its place'))
  await balance({ url: gone.url, readyUrl: never.readyUrl }, good)
  gone.close()
  const statusOf = async (method: string, body?: string) => (await fetch(balancer.url, { method, ...(body === undefined ? {} : { body }) })).status
  expect([await statusOf('POST'), await statusOf('POST'), await statusOf('GET')]).toEqual([200, 200, 200])
  expect(balancer.counts.refused).toBeGreaterThan(0)
  expect([await statusOf('POST', 'x'), await statusOf('POST', 'x')].toSorted()).toEqual([200, 502])
})

it('aborts an answer that a backend aborts, and does not retry it', async () => {
  const [breaking, good] = [
    await backend((_, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half', () => response.socket!.destroy())
    }),
    await backend(named('good')),
  ]
  await balance(breaking, good)
  const outcomes = await Promise.allSettled([textOf(), textOf()])
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect(balancer.counts).toMatchObject({ answered: 1, retried: 0 })
})

it('ends the request at the backend when the client disconnects', async () => {
  let closed = false
  const slow = await backend((incoming) => void incoming.socket.once('close', () => (closed = true)))
  await balance(slow)
  const aborted = new AbortController()
  const asked = fetch(balancer.url, { signal: aborted.signal })
  await eventually(() => slow.state.heard.length === 1)
  aborted.abort()
  await expect(asked).rejects.toThrow()
  await eventually(() => closed)
  await eventually(() => balancer.counts.abandoned === 1)
})
