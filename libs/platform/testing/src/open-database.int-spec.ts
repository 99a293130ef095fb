import { migration } from '@kilomega/database'
import { openDatabase, type TestDatabase } from './open-database.js'

const createNote = migration('202601010000-create-note', 'CREATE TABLE notes.note (id int8 PRIMARY KEY, at timestamptz NOT NULL, data jsonb)')
const notes = { schema: 'notes', migrations: [createNote] }

let opened: TestDatabase
beforeAll(async () => {
  opened = await openDatabase(notes)
})
afterAll(() => opened.close())

const selectAll = (test: TestDatabase) => test.database.read((queryable) => queryable.query('SELECT * FROM notes.note'))

it('a migrated database stores a row and returns it as JSON values', async () => {
  const row = { id: 7, at: '2026-01-31T12:00:00.123Z', data: { a: 1 } }
  await opened.database.write((transaction) => transaction.query('INSERT INTO notes.note VALUES ($1, $2, $3)', [row.id, row.at, row.data]))
  expect(await selectAll(opened)).toEqual([row])
})

it('another opening is a separate, empty database on the same server', async () => {
  const other = await openDatabase(notes)
  expect(await selectAll(other)).toEqual([])
  expect(new URL(other.url).host).toBe(new URL(opened.url).host)
  await other.close()
})

it('several schemas can be opened, each with its platform steps', async () => {
  const platform = (schema: string) => [migration('202601010000-create-ledger', schema === 'notes' ? 'CREATE TABLE notes.outbox (id int)' : 'SELECT')]
  const other = await openDatabase({ modules: [notes, { schema: 'search', migrations: [] }], platform })
  expect(await other.database.read((queryable) => queryable.query('SELECT FROM notes.outbox'))).toEqual([])
  expect(other.databases.of('search').schema).toBe('search')
  await other.close()
})

it('a closed database is gone', async () => {
  const other = await openDatabase(notes)
  await other.close()
  const name = new URL(other.url).pathname.slice(1)
  expect(await opened.database.read((queryable) => queryable.query('SELECT FROM pg_database WHERE datname = $1', [name]))).toEqual([])
})
