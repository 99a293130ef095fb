import { setTimeout as wait } from 'node:timers/promises'
import { Secret } from '@kilomega/config'
import { Client } from 'pg'
import { outcome, startServer } from '../test/server.js'
import { awaitServer } from './await-server.js'
import { EmbeddedPostgres } from './embedded/embedded-postgres.js'
import { checkSchemas } from './migrations/schema-check.js'

let folder: string
let server: EmbeddedPostgres

beforeAll(async () => {
  ;({ folder, server } = await startServer())
})
afterAll(() => EmbeddedPostgres.remove(folder))

const longMs = 60_000

/** The reasons reported during a wait that ends by itself. */
async function reasonsOf(url: Secret | string, waitMs: number): Promise<string[]> {
  const reasons: string[] = []
  await awaitServer(typeof url === 'string' ? new Secret(url) : url, waitMs, (reason) => reasons.push(reason))
  return reasons
}

/** Tries every 20 ms, for up to 10 s. */
async function refusedWith(reason: string): Promise<void> {
  let message: string | undefined
  for (let tries = 0; tries < 500; tries += 1) {
    message = (await outcome(checkSchemas(server.url, []))).message
    if (message?.includes(reason)) return
    await wait(20)
  }
  throw new Error(`not refused with ${reason}, at last: ${message}`)
}

it('a server that accepts connections is not waited for', async () => {
  expect(await reasonsOf(server.url, longMs)).toEqual([])
})

it('a server that refuses sessions, then is gone, then starts is waited for, and this is reported once', async () => {
  const { port } = server
  const guest = new Client({ connectionString: server.url.reveal() })
  await guest.connect()
  // A smart shutdown: while the guest stays connected, every new connection gets 57P03.
  process.kill(server.pid, 'SIGTERM')
  await refusedWith('shutting down')
  const reasons: string[] = []
  let done = false
  let waiting: Promise<unknown> | undefined
  await new Promise<void>((reported) => {
    const report = (reason: string): void => void (reasons.push(reason), reported())
    waiting = awaitServer(server.url, longMs, report).then(() => (done = true))
  })
  await guest.end()
  await refusedWith('ECONNREFUSED')
  expect(done).toBe(false)
  await server.stop()
  server = await EmbeddedPostgres.start({ folder, port, durable: false })
  await waiting
  expect(reasons).toEqual(['the database system is shutting down'])
  await checkSchemas(server.url, [])
})

it.each([
  ['a wrong password', () => server.url.reveal().replace(/:[^:@]+@/, ':wrong@')],
  ['an unknown role', () => server.url.reveal().replace(/\/\/[^:]+:/, '//nobody:')],
  ['an unknown database', () => server.url.reveal().replace(/\/\w+$/, '/nowhere')],
])('%s is not waited for', async (_, url) => {
  expect(await reasonsOf(url(), longMs)).toEqual([])
})

it.each([
  ['a port that stays closed', 'postgres://u:p@127.0.0.1:1/x', /ECONNREFUSED/],
  ['a name that does not resolve', 'postgres://u:p@database.invalid/x', /ENOTFOUND|EAI_AGAIN/],
])('%s is waited for as long as configured, and no longer', async (_, url, reason) => {
  expect(await reasonsOf(url, 300)).toEqual([expect.stringMatching(reason)])
})

it('with no time to wait no attempt is made', async () => {
  expect(await reasonsOf('postgres://u:p@127.0.0.1:1/x', 0)).toEqual([])
})

it('a server with several addresses, all of them closed, gives one line with the reason', async () => {
  const { message } = await outcome(checkSchemas(new Secret('postgres://u:p@localhost:1/x'), []))
  expect(message).toMatch(/^The database at localhost:1 takes no connection \(.*ECONNREFUSED.*\)/)
})
