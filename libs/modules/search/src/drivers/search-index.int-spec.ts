import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { createSearchIndex } from '../tables/migrations/202611240100-create-search-index.js'
import { PostgresLexicon } from './lexicon.postgres.js'
import { PostgresSearchIndex } from './search-index.postgres.js'
import { searchIndexSuite } from './search-index.suite.js'
import { implementation } from '../index.js'

let test: TestDatabase

beforeAll(async () => {
  test = await openDatabase({ schema: 'search', migrations: [createSearchIndex], entities: implementation.entities })
})

afterAll(() => test.close())

searchIndexSuite('Postgres', async () => {
  await test.database.write((transaction) => transaction.query('TRUNCATE search.document, search.lexicon, search.lexicon_change'))
  return new PostgresSearchIndex(test.database, new PostgresLexicon(test.database))
})
