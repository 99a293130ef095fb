import { type OpenedDatabases, openDatabases, outcome, startServer } from '../test/server.js'
import { PostgresBroadcast } from './broadcast.postgres.js'
import type { Database } from './database.js'
import { EmbeddedPostgres } from './embedded/embedded-postgres.js'

let server: EmbeddedPostgres
let folder: string
let opened: OpenedDatabases
let database: Database
let broadcast: PostgresBroadcast

beforeAll(async () => {
  ;({ server, folder } = await startServer())
})
beforeEach(async () => {
  opened = await openDatabases(server)
  database = opened.databases.of('platform')
  broadcast = new PostgresBroadcast(opened.databases, opened.signals)
})
afterEach(async () => {
  await broadcast.close()
  await opened.databases.close()
})
afterAll(() => EmbeddedPostgres.remove(folder))

/** Listens to a channel and gives what it hears, one message after the other. */
async function listenTo(channel: string): Promise<{ heard: string[]; next: () => Promise<string>; reconnected: Promise<void> }> {
  const heard: string[] = []
  let hear: (payload: string) => void = () => undefined
  let reconnect: () => void
  const reconnected = new Promise<void>((resolve) => (reconnect = resolve))
  await broadcast.listen(
    channel,
    (payload) => {
      heard.push(payload)
      hear(payload)
    },
    () => reconnect(),
  )
  return { heard, reconnected, next: () => new Promise((resolve) => (hear = resolve)) }
}

it('a message is heard when its transaction commits, and never when it is rolled back', async () => {
  const { heard, next } = await listenTo('news')
  await outcome(
    database.write(async (transaction) => {
      await broadcast.send(transaction, 'news', 'never')
      throw new Error('no')
    }),
  )
  const arrived = next()
  await database.write((transaction) => broadcast.send(transaction, 'news', 'committed'))
  await arrived
  expect(heard).toEqual(['committed'])
})

it('all listeners of a channel hear an announcement, until they stop', async () => {
  const stopped: string[] = []
  const stop = await broadcast.listen('news', (payload) => stopped.push(payload))
  stop()
  const [first, second] = [await listenTo('news'), await listenTo('news')]
  const arrived = Promise.all([first.next(), second.next()])
  await broadcast.announce('news', 'hello')
  expect(await arrived).toEqual(['hello', 'hello'])
  expect(stopped).toEqual([])
})

it('listening goes on after the connection is cut, and listeners are told to reload', async () => {
  const { next, reconnected } = await listenTo('news')
  await database.read((queryable) =>
    queryable.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kilomega listen'`),
  )
  await reconnected
  const arrived = next()
  await broadcast.announce('news', 'again')
  expect(await arrived).toBe('again')
  expect(opened.signals.of('database.broadcast-lost')).toHaveLength(1)
})

it('listening goes on after the server was down; an announcement meanwhile gives a signal, not an error', async () => {
  const { next, reconnected } = await listenTo('news')
  await server.stop()
  await broadcast.announce('news', 'lost')
  expect(opened.signals.of('database.broadcast-failed')).toEqual([{ channel: 'news' }])
  server = await EmbeddedPostgres.start({ folder, port: server.port, durable: false })
  await reconnected
  const arrived = next()
  await broadcast.announce('news', 'back')
  expect(await arrived).toBe('back')
})

it('what Postgres would refuse or truncate is refused at once', async () => {
  expect((await outcome(broadcast.announce('news', 'x'.repeat(8_000)))).message).toContain('at most 7999 bytes')
  expect((await outcome(broadcast.announce('News; DROP', ''))).message).toContain('not a valid channel name')
})
