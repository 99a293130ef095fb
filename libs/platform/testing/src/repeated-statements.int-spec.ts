import { countStatements, type Database, type SentStatement } from '@kilomega/database'
import { openDatabase, type TestDatabase } from './open-database.js'
import { expectNoRepeatedStatements, repeatedStatements } from './repeated-statements.js'

const rows = 20
let opened: TestDatabase
beforeAll(async () => {
  opened = await openDatabase({ schema: 'shop', migrations: [] })
  await opened.database.write(async (transaction) => {
    await transaction.query('CREATE TABLE shop.item (id int PRIMARY KEY, maker int NOT NULL)')
    await transaction.query('CREATE TABLE shop.maker (id int PRIMARY KEY, name text NOT NULL)')
    await transaction.query('INSERT INTO shop.maker SELECT n, n::text FROM generate_series(1, $1::int) AS n', [rows])
    await transaction.query('INSERT INTO shop.item SELECT n, n FROM generate_series(1, $1::int) AS n', [rows])
  })
})
afterAll(() => opened.close())

const items = 'SELECT id, maker FROM shop.item ORDER BY id LIMIT $1'
const maker = 'SELECT name FROM shop.maker WHERE id = $1'
const makers = 'SELECT id, name FROM shop.maker WHERE id = ANY($1)'

/** Three ways to list items with their makers. */
const ways = {
  oneByOne: (database: Database) =>
    database.read(async (reading) => {
      const list = await reading.query<{ maker: number }>(items, [rows])
      for (const item of list) await reading.query(maker, [item.maker])
    }),
  twice: (database: Database) =>
    database.read(async (reading) => {
      await reading.query(items, [rows])
      await reading.query(items, [rows])
    }),
  atOnce: (database: Database) =>
    database.read(async (reading) => {
      const list = await reading.query<{ maker: number }>(items, [rows])
      await reading.query(makers, [list.map((item) => item.maker)])
    }),
}

const sentBy = async (way: keyof typeof ways): Promise<SentStatement[]> => (await countStatements(() => ways[way](opened.database))).sent

it('a query for each row of a list is found, with its text and how often it was sent', async () => {
  const sent = await sentBy('oneByOne')
  expect(repeatedStatements(sent)).toEqual([expect.stringMatching(/^N\+1: sent 20 times, .*: SELECT name FROM shop\.maker WHERE id = \$1$/)])
  expect(() => expectNoRepeatedStatements(sent)).toThrow('N+1')
})

it('the same query with the same parameters is another fault than N+1', async () => {
  const sent = await sentBy('twice')
  expect(repeatedStatements(sent)).toEqual([expect.stringMatching(/^Repeated query: sent 2 times .*: SELECT id, maker FROM shop\.item/)])
  expect(() => expectNoRepeatedStatements(sent)).toThrow('Repeated query')
})

it('a row that is read again after a write is no fault, and a lock is no write', async () => {
  const row = { sql: maker, parameters: [1] }
  const lock = { sql: 'SELECT "update" FROM shop.maker WHERE id = $1 FOR UPDATE', parameters: [1] }
  expect(repeatedStatements([row, { sql: 'UPDATE shop.maker SET name = $1', parameters: ['x'] }, row])).toEqual([])
  expect(repeatedStatements([row, lock, row])).toHaveLength(1)
})

it('rows that are read at once are no fault, and neither is a statement sent two or three times for different rows', async () => {
  expectNoRepeatedStatements(await sentBy('atOnce'))
  expect(repeatedStatements([1, 2, 3].map((id) => ({ sql: maker, parameters: [id] })))).toEqual([])
})
