import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, lstatSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { Client } from 'pg'
import { newFolder, outcome } from '../../test/server.js'
import { EmbeddedPostgres } from './embedded-postgres.js'
import { identity } from './folder-owner.js'
import { freePort } from './free-port.js'
import { runningUrl } from './running-url.js'

const asRoot = process.getuid?.() === 0 ? it : it.skip

const folder = newFolder()
let running: EmbeddedPostgres | undefined
afterEach(async () => {
  await running?.stop()
  running = undefined
})
afterAll(() => EmbeddedPostgres.remove(folder))

const start = async (port = 0, durable = false) => (running = await EmbeddedPostgres.start({ folder, port, durable }))

async function query<Row extends object>({ url }: EmbeddedPostgres, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url.reveal() })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

const killed = async (server: EmbeddedPostgres): Promise<void> => {
  process.kill(server.pid, 'SIGKILL')
  while (server.isRunning()) await new Promise(setImmediate)
}
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('keeps its data from one run to the next', async () => {
  const first = await start(0, true)
  await query(first, 'CREATE TABLE kept AS SELECT 1 AS one')
  await first.stop()
  const second = await start(0, true)
  expect(await query(second, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
  expect(await query(second, 'SHOW fsync')).toEqual([{ fsync: 'on' }])
})

it('tells its connection string to other processes while it runs', async () => {
  expect(runningUrl(folder)).toBeUndefined()
  const server = await start()
  expect(runningUrl(folder)?.reveal()).toBe(server.url.reveal())
  await killed(server)
  expect(runningUrl(folder)).toBeUndefined()
})

it('requires its password, which only its owner can read', async () => {
  const server = await start()
  const stranger = new Client({ connectionString: server.url.reveal().replace(/:[^:@]+@/, ':wrong-password@') })
  expect((await outcome(stranger.connect())).code).toBe('28P01')
  expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600)
  expect(String(server.url)).toBe('***')
})

it('orders text the same on every system', async () => {
  const server = await start()
  expect(await query(server, `SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'kilomega'`)).toEqual([
    { datlocprovider: 'b', datlocale: 'C.UTF-8' },
  ])
})

it('recovers after the server was killed', async () => {
  const server = await start(0, true)
  await query(server, 'CREATE TABLE survivor AS SELECT 1 AS one')
  await killed(server)
  expect(await query(await start(), 'SELECT one FROM survivor')).toEqual([{ one: 1 }])
})

it('replaces a server whose parent process was killed', async () => {
  const orphan = await start()
  const gone = spawn('true')
  await once(gone, 'exit')
  writeFileSync(join(folder, 'owner'), `${gone.pid} 1`)
  const heir = await start()
  expect(isAlive(orphan.pid)).toBe(false)
  expect(await query(heir, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

it('leaves alone a server whose parent process is alive', async () => {
  const server = await start()
  const other = spawn('sleep', ['60'])
  try {
    writeFileSync(join(folder, 'owner'), identity(other.pid!))
    const { problem, message } = await outcome(start())
    expect(problem).toBe('FOLDER_IN_USE')
    expect(message).toContain(String(other.pid))
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  } finally {
    other.kill()
  }
})

it('is not misled by a pid file whose pid now belongs to another program', async () => {
  await (await start()).stop()
  const stranger = spawn('sleep', ['60'])
  try {
    writeFileSync(join(folder, 'data/postmaster.pid'), `${stranger.pid}\n${folder}/data\n1\n1\n\n127.0.0.1\n\nready   \n`)
    expect(await query(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(stranger.exitCode).toBeNull()
  } finally {
    stranger.kill()
  }
})

it('says which port is taken', async () => {
  const other = createServer().listen(await freePort(), '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const { problem, message } = await outcome(start(port))
  other.close()
  expect(problem).toBe('PORT_TAKEN')
  expect(message).toContain(`Port ${port} is taken`)
})

it('does not touch data of another major version', async () => {
  await (await start()).stop()
  const version = join(folder, 'data/PG_VERSION')
  writeFileSync(version, '17\n')
  expect((await outcome(start())).problem).toBe('OTHER_VERSION')
  expect(readFileSync(version, 'utf8')).toBe('17\n')
  writeFileSync(version, '18\n')
})

it('says that it cannot read its data folder', async () => {
  await (await start()).stop()
  chmodSync(join(folder, 'data'), 0o000)
  expect((await outcome(start())).problem).toBe('FOLDER_NOT_ACCESSIBLE')
  chmodSync(join(folder, 'data'), 0o700)
})

asRoot('lives elsewhere when its own account cannot enter the folder above', async () => {
  const closed = join(mkdtempSync(newFolder()), 'postgres')
  const server = await EmbeddedPostgres.start({ folder: closed, port: 0, durable: false })
  expect(lstatSync(closed).isSymbolicLink()).toBe(true)
  expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  const real = realpathSync(closed)
  await EmbeddedPostgres.remove(closed)
  expect([existsSync(real), existsSync(closed)]).toEqual([false, false])
  rmSync(dirname(closed), { recursive: true })
})
