import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NatsLineClient } from '../../test/nats-line-client.js'
import { serverOnPath } from '../find-server.js'
import { ServerError } from '../server-error.js'
import { isAtLeast } from './info-line.js'
import { NatsServer } from './nats-server.js'

const describeWithNats = serverOnPath('nats-server') === undefined ? describe.skip : describe

const folder = mkdtempSync(join(tmpdir(), 'kilomega-servers-'))
afterAll(() => rmSync(folder, { recursive: true }))

describeWithNats('A nats-server [needs nats-server]', () => {
  let running: NatsServer | undefined
  afterEach(() => running?.stop())

  const start = async (port = 0, configuration?: string) => (running = await NatsServer.start({ folder, port, configuration }))
  const problemOf = async (work: Promise<unknown>): Promise<ServerError> => {
    const error: unknown = await work.catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(ServerError)
    return error as ServerError
  }

  async function withClient<T>({ port }: NatsServer, work: (client: NatsLineClient) => Promise<T>): Promise<T> {
    const client = await NatsLineClient.open(port)
    try {
      return await work(client)
    } finally {
      client.close()
    }
  }
  const makeStream = (server: NatsServer) =>
    withClient(server, async (client) => {
      await client.ask('$JS.API.STREAM.CREATE.kept', JSON.stringify({ name: 'kept', subjects: ['kept.>'], storage: 'file' }))
      expect(await client.ask('kept.one', 'hello')).toMatchObject({ stream: 'kept' })
    })
  const messagesOf = (server: NatsServer) =>
    withClient(server, async (client) => (await client.ask('$JS.API.STREAM.INFO.kept', ''))['state'] as { messages: number })

  it('answers with JetStream on the loopback address, and is gone after it is stopped', async () => {
    const server = await start()
    expect(server.url).toBe(`nats://127.0.0.1:${server.port}`)
    expect(isAtLeast(server.version, '2.9.10')).toBe(true)
    expect(readFileSync(join(folder, 'pid'), 'utf8').split('\n')[0]).toBe(String(server.pid))
    expect(await withClient(server, (client) => client.ask('$JS.API.INFO', ''))).toMatchObject({ streams: 0 })
    await server.stop()
    expect(server.isRunning()).toBe(false)
    expect(existsSync(join(folder, 'pid'))).toBe(false)
    await expect(NatsLineClient.open(server.port)).rejects.toThrow('ECONNREFUSED')
  })

  it('keeps what it had acknowledged after it is killed and started again on its port', async () => {
    const first = await start()
    await makeStream(first)
    await first.kill()
    expect(first.isRunning()).toBe(false)
    const second = await start(first.port)
    expect(second.port).toBe(first.port)
    expect(await messagesOf(second)).toMatchObject({ messages: 1 })
  })

  it('says nothing while it is paused, and then continues where it was', async () => {
    const server = await start()
    await withClient(server, async (client) => {
      const before = client.received.length
      await server.pause()
      client.ping()
      const silent = connect(server.port, '127.0.0.1').setTimeout(200)
      const heard = await Promise.race([once(silent, 'data').then(() => 'bytes'), once(silent, 'timeout').then(() => 'nothing')])
      silent.destroy()
      expect([heard, client.received.length]).toEqual(['nothing', before])
      server.resume()
      await client.waitFor(/PONG[^]*PONG/)
    })
  })

  it('is stopped while it is paused', async () => {
    const server = await start()
    await server.pause()
    await server.stop()
    expect(server.isRunning()).toBe(false)
  })

  it('knows the users of its configuration, which only its owner can read', async () => {
    const server = await start(0, 'authorization { users = [ { user: "api", password: "secret" } ] }')
    const [known, stranger] = [await NatsLineClient.open(server.port, { user: 'api', pass: 'secret' }), await NatsLineClient.open(server.port)]
    expect(known.received).toContain('PONG')
    expect(stranger.received).toContain('Authorization Violation')
    expect(statSync(join(folder, 'nats.conf')).mode & 0o777).toBe(0o600)
    for (const client of [known, stranger]) client.close()
  })

  it('stays on the loopback address and its port, whatever the configuration says', async () => {
    const server = await start(0, 'host: 0.0.0.0\nport: 1')
    expect(readFileSync(join(folder, 'log'), 'utf8')).toContain(`Listening for client connections on 127.0.0.1:${server.port}`)
  })

  it('gives its own error message for a configuration that it does not understand', async () => {
    const { problem, message } = await problemOf(start(0, 'jetstream {\n  speed: high\n}'))
    expect(problem).toBe('START_FAILED')
    expect(message).toContain('unknown field "speed"')
    expect(existsSync(join(folder, 'pid'))).toBe(false)
  })

  it('says which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { problem, message } = await problemOf(start(port))
    other.close()
    expect(problem).toBe('PORT_TAKEN')
    expect(message).toContain(`Port ${port} is taken`)
  })

  it('is not taken away from a parent process that is alive', async () => {
    const server = await start()
    expect(await problemOf(NatsServer.start({ folder, port: 0 }))).toMatchObject({ problem: 'FOLDER_IN_USE' })
    expect(server.isRunning()).toBe(true)
  })

  it('replaces a server whose parent process was killed', async () => {
    const orphan = await start()
    const gone = spawn('true')
    await once(gone, 'exit')
    writeFileSync(join(folder, 'pid'), `${orphan.pid}\n${gone.pid} 1\n`)
    const successor = await start(orphan.port)
    expect(orphan.isRunning()).toBe(false)
    expect(successor.isRunning()).toBe(true)
  })
})

it('A start without an available server names the command that installs it', async () => {
  const place = { place: 'nowhere', install: 'apt-get install -y nats-server' } as const
  await expect(NatsServer.start({ folder, port: 0, place })).rejects.toMatchObject({
    problem: 'NOT_FOUND',
    message: 'nats-server is not there: install it with apt-get install -y nats-server',
  })
})
