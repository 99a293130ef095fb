import { Client } from 'pg'
import { Secret } from '@kilomega/config'
import { outcome, startServer } from '../../test/server.js'
import { EmbeddedPostgres } from '../embedded/embedded-postgres.js'
import { migrate } from './migrate.js'
import { migration } from './migration.js'
import { checkSchemas } from './schema-check.js'

const createNote = migration('202601010000-create-note', 'CREATE TABLE notes.note (id int)', 'INSERT INTO notes.note VALUES (1)')
const addText = migration('202601020000-add-text', 'ALTER TABLE notes.note ADD text text')
const failing = migration('202601030000-fail', 'CREATE TABLE notes.half (id int)', 'SELECT 1 / 0')
const ledger = () => [migration('202601010000-create-ledger', 'CREATE TABLE notes.outbox (id int)')]
const notes = (...migrations: ReturnType<typeof migration>[]) => [{ schema: 'notes', migrations }]

let server: EmbeddedPostgres
let folder: string
let client: Client

beforeAll(async () => {
  ;({ server, folder } = await startServer())
  client = new Client({ connectionString: server.url.reveal() })
  await client.connect()
})
afterEach(() => client.query('DROP SCHEMA IF EXISTS notes CASCADE'))
afterAll(async () => {
  await client.end()
  await EmbeddedPostgres.remove(folder)
})

it("creates the schema, the platform's tables and the module's tables, and does nothing the second time", async () => {
  const steps: string[] = []
  const options = { platform: ledger, onStep: (schema: string, name: string) => steps.push(`${schema} ${name}`) }
  expect(await migrate(server.url, notes(createNote), options)).toBe(2)
  expect(await migrate(server.url, notes(createNote, addText), options)).toBe(1)
  expect(await migrate(server.url, notes(createNote, addText), options)).toBe(0)
  expect(steps).toEqual(['notes 202601010000-create-ledger', 'notes 202601010000-create-note', 'notes 202601020000-add-text'])
})

it('two processes that migrate at once run each step once', async () => {
  const both = [1, 2].map(() => migrate(server.url, notes(createNote, addText)))
  expect((await Promise.all(both)).sort()).toEqual([0, 2])
  expect((await client.query('SELECT * FROM notes.note')).rows).toEqual([{ id: 1, text: null }])
})

it('a step that fails leaves nothing, and earlier steps stay', async () => {
  const { message } = await outcome(migrate(server.url, notes(createNote, failing)))
  expect(message).toBe('step 202601030000-fail of schema notes failed and was rolled back: division by zero')
  expect((await client.query('SELECT name FROM notes.migration')).rows).toEqual([{ name: createNote.name }])
  expect((await client.query(`SELECT to_regclass('notes.half') AS half`)).rows).toEqual([{ half: null }])
})

it('a step lets other transactions pass while it waits for its lock, and gets it in the end', async () => {
  await migrate(server.url, notes(createNote))
  const reader = new Client({ connectionString: server.url.reveal() })
  await reader.connect()
  await reader.query('BEGIN; SELECT * FROM notes.note')
  const migrating = migrate(server.url, notes(createNote, addText))
  const waiting = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE%'`
  while ((await client.query(waiting)).rowCount === 0);
  while ((await client.query(waiting)).rowCount === 1);
  await reader.end()
  expect(await migrating).toBe(1)
}, 20_000)

it('a step that was edited after it ran is refused', async () => {
  await migrate(server.url, notes(createNote))
  const edited = migration(createNote.name, 'CREATE TABLE notes.note (id bigint)')
  expect((await outcome(migrate(server.url, notes(edited)))).message).toContain('was edited after it ran')
})

it('steps out of order are refused', async () => {
  expect((await outcome(migrate(server.url, notes(addText, createNote)))).message).toContain('is not in order of name')
})

it('a program refuses a schema that is older than it, in one line, and works on a newer one', async () => {
  const check = async (...steps: ReturnType<typeof migration>[]) => (await outcome(checkSchemas(server.url, notes(...steps)))).message
  expect(await check(createNote)).toBe('The schema notes is older than this program (it lacks 202601010000-create-note): run km db migrate')
  await migrate(server.url, notes(createNote, addText))
  expect(await check(createNote, addText)).toBeUndefined()
  expect(await check(createNote)).toBeUndefined()
})

it('a server that is not there gives one line, without the password', async () => {
  const { message } = await outcome(checkSchemas(new Secret('postgres://kilomega:a-secret-password@127.0.0.1:1/kilomega'), []))
  expect(message).toMatch(/^The database at 127\.0\.0\.1:1 takes no connection/)
  expect(message).not.toContain('a-secret-password')
})
