import { Client } from 'pg'
import { openDatabases, type OpenedDatabases } from '../test/server.js'
import { type Pair, startPair } from '../test/standby.js'
import type { Queryable } from './database.js'
import { freshness, isFresh } from './freshness.js'

let pair: Pair
let opened: OpenedDatabases
let client: Client
beforeAll(async () => {
  pair = await startPair()
  opened = await openDatabases(pair.primary)
  client = new Client({ connectionString: pair.standby.url.reveal() })
  await client.connect()
  await write('CREATE TABLE ship (name text)')
}, 60_000)
afterAll(async () => {
  await client.end()
  await opened.databases.close()
  await pair.close()
})

const database = () => opened.databases.of('public')
const write = (sql: string): Promise<unknown> => database().write((transaction) => transaction.query(sql))
const standby: Queryable = { query: async (sql, parameters = []) => (await client.query(sql, [...parameters])).rows as never }
const ships = async (): Promise<number> => (await client.query('SELECT FROM ship')).rowCount!

/** Each check is a round trip: that is pause enough. */
async function untilFresh(token: string): Promise<void> {
  let fresh = false
  while (!fresh) fresh = await isFresh(standby, token)
}

it('is reached by a standby when it has everything committed before, and not sooner', async () => {
  const before = await freshness(database())
  await untilFresh(before)
  await client.query('SELECT pg_wal_replay_pause()')
  await write(`INSERT INTO ship VALUES ('Beagle')`)
  const after = await freshness(database())
  expect([await isFresh(standby, before), await isFresh(standby, after), await ships()]).toEqual([true, false, 0])
  await client.query('SELECT pg_wal_replay_resume()')
  await untilFresh(after)
  expect(await ships()).toBe(1)
})

it('is always reached by the primary', async () => {
  const token = await freshness(database())
  expect(await database().read((queryable) => isFresh(queryable, token))).toBe(true)
})

it('compares positions as numbers: one in a later segment of the log is later', async () => {
  expect(await isFresh(standby, '00000001:0000000900000000')).toBe(false)
  expect(await isFresh(standby, '00000001:0000000000000009')).toBe(true)
})

it.each(['', '~', 'yesterday', '1:0/0', '00000001:0/0', '00000001:0000000000000001; DROP TABLE ship', '00000001:0000000000000001\n'])(
  '%j is never reached',
  async (text) => {
    expect(await isFresh(standby, text)).toBe(false)
  },
)

it('of a primary from before a failover is not reached by the new one', async () => {
  const token = await freshness(database())
  await untilFresh(token)
  await client.query('SELECT pg_promote()')
  expect(await isFresh(standby, token)).toBe(false)
})
