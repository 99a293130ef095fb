import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { eventually } from '../eventually.js'
import { TcpProxy } from './tcp-proxy.js'

let server: Server
let proxy: TcpProxy
let served: Socket[]
const clients: Socket[] = []

beforeEach(async () => {
  served = []
  // Echoes what it receives, and ends its side when the other side has ended.
  server = createServer({ allowHalfOpen: true }, (socket) => {
    served.push(socket)
    socket.on('error', () => undefined)
    socket.pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy = await TcpProxy.open({ port: (server.address() as AddressInfo).port })
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await proxy.close()
  for (const socket of served) socket.destroy()
  server.close()
})

interface Client {
  socket: Socket
  heard: () => string
  /** The code of the error that ended it, or `closed`. */
  fate: () => string | undefined
}

function dial(): Client {
  const socket = connect({ port: proxy.port, host: '127.0.0.1' }).setEncoding('utf8')
  clients.push(socket)
  let [heard, fate] = ['', undefined as string | undefined]
  socket.on('data', (text: string) => (heard += text))
  socket.on('error', (error: NodeJS.ErrnoException) => (fate = error.code))
  socket.on('close', () => (fate ??= 'closed'))
  return { socket, heard: () => heard, fate: () => fate }
}

async function talking(): Promise<Client> {
  const client = dial()
  client.socket.write('a')
  await eventually(() => client.heard() === 'a')
  return client
}
/** Waits until bytes on a healthy line would long have arrived: this many round trips on another connection. */
async function afterTrafficElsewhere(): Promise<void> {
  const direct = connect((server.address() as AddressInfo).port, '127.0.0.1')
  for (let turn = 0; turn < 50; turn += 1) {
    direct.write('x')
    await once(direct, 'data')
  }
  direct.destroy()
}

it('passes bytes in both directions, in order and complete', async () => {
  const client = dial()
  const text = Array.from({ length: 200_000 }, (_, index) => index).join()
  client.socket.end(text)
  await eventually(() => client.fate() === 'closed')
  expect(client.heard()).toBe(text)
  await eventually(() => proxy.open === 0)
  expect(proxy.accepted).toBe(1)
})

it('refuses new connections and leaves open ones alone, until it is healed', async () => {
  const before = await talking()
  proxy.refuse()
  const refused = dial()
  await eventually(() => refused.fate() === 'ECONNREFUSED')
  before.socket.write('b')
  await eventually(() => before.heard() === 'ab')
  await proxy.heal()
  await talking()
  expect(proxy.accepted).toBe(2)
})

it('resets all open connections on both sides, and accepts new ones', async () => {
  const [first, second] = [await talking(), await talking()]
  const lost = served.map((socket) => new Promise((resolve) => socket.once('close', resolve)))
  expect(proxy.reset()).toBe(2)
  await eventually(() => first.fate() === 'ECONNRESET' && second.fate() === 'ECONNRESET')
  expect(await Promise.all(lost)).toEqual([true, true])
  await talking()
})

it('lets bytes hang in both directions; they arrive when it is healed', async () => {
  const client = await talking()
  proxy.hang()
  client.socket.write('b')
  served[0]!.write('from the server')
  await afterTrafficElsewhere()
  expect(client.heard()).toBe('a')
  await proxy.heal()
  await eventually(() => client.heard().length === 'abfrom the server'.length)
})

it('accepts new connections while it hangs, and does not answer them', async () => {
  proxy.hang()
  const client = dial()
  await once(client.socket, 'connect')
  client.socket.write('a')
  await afterTrafficElsewhere()
  expect([client.heard(), client.fate()]).toEqual(['', undefined])
  await proxy.heal()
  await eventually(() => client.heard() === 'a')
})

it('does not report a broken side while it hangs', async () => {
  const client = await talking()
  proxy.hang()
  served[0]!.resetAndDestroy()
  await afterTrafficElsewhere()
  expect(client.fate()).toBeUndefined()
  await proxy.heal()
  await eventually(() => client.fate() === 'ECONNRESET')
})

it('delays bytes by this much in each direction, and keeps their order when the delay ends', async () => {
  const client = await talking()
  proxy.delay(60)
  const startedMs = performance.now()
  client.socket.write('b')
  await eventually(() => client.heard() === 'ab')
  // Timers fire up to 1 ms early.
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(118)
  client.socket.write('c')
  await afterTrafficElsewhere()
  await proxy.heal()
  client.socket.write('d')
  await eventually(() => client.heard() === 'abcd')
})

it('a target that is not there breaks the connection', async () => {
  const nowhere = await TcpProxy.open({ port: 1 })
  const socket = connect(nowhere.port, '127.0.0.1')
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNRESET')
  await nowhere.close()
})
