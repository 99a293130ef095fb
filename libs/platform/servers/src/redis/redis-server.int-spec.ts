import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RedisLineClient } from '../../test/redis-line-client.js'
import { serverOnPath } from '../find-server.js'
import { RedisServer } from './redis-server.js'

const describeWithRedis = serverOnPath('redis-server') === undefined ? describe.skip : describe
const folder = mkdtempSync(join(tmpdir(), 'kilomega-servers-'))
afterAll(() => rmSync(folder, { recursive: true }))

describeWithRedis('A redis-server [needs redis-server]', () => {
  let running: RedisServer | undefined
  afterEach(() => running?.stop())

  const start = async (port = 0, settings?: Parameters<typeof RedisServer.start>[0]['settings']) =>
    (running = await RedisServer.start({ folder, port, ...(settings && { settings }) }))
  const ask = (server: RedisServer, command: string) => RedisLineClient.ask(server.port, command)

  it('is set up as a queue needs it, on the loopback address, and is gone after it is stopped', async () => {
    const server = await start()
    expect(server.url).toBe(`redis://127.0.0.1:${server.port}`)
    expect(await ask(server, 'CONFIG GET maxmemory-policy')).toContain('noeviction')
    expect(await ask(server, 'INFO persistence')).toContain('aof_enabled:1')
    await server.stop()
    await expect(ask(server, 'PING')).rejects.toThrow('ECONNREFUSED')
  })

  it('has other settings if a test asks for them', async () => {
    const server = await start(0, { appendOnly: false, maxmemoryPolicy: 'allkeys-lru' })
    expect(await ask(server, 'CONFIG GET maxmemory-policy')).toContain('allkeys-lru')
    expect(await ask(server, 'INFO persistence')).toContain('aof_enabled:0')
  })

  it('keeps its data after it is killed and started again on its port', async () => {
    const first = await start()
    expect(await ask(first, 'SET ship Beagle')).toContain('OK')
    await first.kill()
    const second = await start(first.port)
    expect(second.port).toBe(first.port)
    expect(await ask(second, 'GET ship')).toContain('Beagle')
  })

  it('says which port is taken, even by another Redis', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    await expect(start((other.address() as AddressInfo).port)).rejects.toMatchObject({ problem: 'PORT_TAKEN' })
    other.close()
    const server = await start()
    const elsewhere = mkdtempSync(join(tmpdir(), 'kilomega-servers-'))
    await expect(RedisServer.start({ folder: elsewhere, port: server.port })).rejects.toMatchObject({ problem: 'PORT_TAKEN' })
    rmSync(elsewhere, { recursive: true })
  })
})
