import { Client } from 'pg'
import { Secret } from '@kilomega/config'
import { type Pair, startPair } from '../../test/standby.js'
import { outcome } from '../../test/server.js'
import { notesOf } from '../../test/migrating.js'
import { backfill } from './backfill.js'
import { migrate } from './migrate.js'
import { migration } from './migration.js'

const addText = migration('202601020000-add-text', 'ALTER TABLE notes.note ADD COLUMN text text')
const fill = backfill('202601030000-fill-text', {
  ...{ table: 'notes.note', key: 'id', set: `text = repeat('x', 1000)`, batch: 500, pause: 0 },
  ...{ maxLagMs: 600_000, maxLagBytes: 1_000_000 },
})
const modules = [{ schema: 'notes', migrations: [notesOf(5_000), addText, fill] }]

const createMine = migration('202601010000-create-mine', 'CREATE TABLE mine.note (id int PRIMARY KEY, text text)')
const fillMine = backfill('202601020000-fill-mine', { table: 'mine.note', key: 'id', set: `text = 'x'` })

let pair: Pair
let [primary, standby]: Client[] = []

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString })
  await client.connect()
  return client
}

beforeAll(async () => {
  pair = await startPair()
  primary = await connect(pair.primary.url.reveal())
  standby = await connect(pair.standby.url.reveal())
}, 60_000)
afterAll(async () => {
  await Promise.all([primary!.end(), standby!.end()])
  await pair.close()
})

it('a backfill waits for a replica that is too far behind, says so when it gives up, and goes on from there', async () => {
  await standby!.query('SELECT pg_wal_replay_pause()')
  const { message } = await outcome(migrate(pair.primary.url, modules, { waitForReplicasMs: 500 }))
  expect(message).toMatch(/^the replica .+ has been too far behind for 0.5 s \(now \d+ ms, [1-9]\d* MiB\): .+; what is done stays done$/)
  const { rows } = await primary!.query<{ seen: number }>('SELECT rows_seen::int AS seen FROM notes.migration_progress')
  expect(rows[0]!.seen).toBeGreaterThan(0)
  expect(rows[0]!.seen).toBeLessThan(3_000)
  const going = migrate(pair.primary.url, modules)
  await standby!.query('SELECT pg_wal_replay_resume()')
  expect(await going).toBe(1)
}, 60_000)

it('a role that may not see how far replicas are is told which grant it lacks', async () => {
  await primary!.query(`CREATE ROLE writer LOGIN PASSWORD 'a-long-password'; GRANT CREATE ON DATABASE kilomega TO writer`)
  const url = new URL(pair.primary.url.reveal())
  Object.assign(url, { username: 'writer', password: 'a-long-password' })
  const { message } = await outcome(migrate(new Secret(url.href), [{ schema: 'mine', migrations: [createMine, fillMine] }]))
  expect(message).toBe('this role may not see how far replicas are behind: GRANT pg_read_all_stats to it, and migrate again')
})
