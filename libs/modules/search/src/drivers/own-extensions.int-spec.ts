import { migration } from '@kilomega/database'
import { openDatabase } from '@kilomega/testing'
import { findExtensions } from '../tables/migrations/202611240050-find-extensions.js'
import { createSearchIndex } from '../tables/migrations/202611240100-create-search-index.js'
import { implementation } from '../index.js'

const places = [
  ['nowhere', []],
  ['in public', ['CREATE EXTENSION unaccent SCHEMA public', 'CREATE EXTENSION fuzzystrmatch SCHEMA public']],
  ['in a schema of their own', ['CREATE SCHEMA "Own"', 'CREATE EXTENSION unaccent SCHEMA "Own"', 'CREATE EXTENSION fuzzystrmatch SCHEMA "Own"']],
  ['in two places', ['CREATE EXTENSION unaccent SCHEMA public']],
] as const

it.each(places)('search works in a database whose extensions are %s, and they stay there', async (_, statements) => {
  const modules = [
    { schema: 'others', migrations: [migration('202601010000-have-extensions', ...statements)] },
    { schema: 'search', migrations: [findExtensions, createSearchIndex] },
  ]
  const { databases, close } = await openDatabase({ modules, entities: implementation.entities })
  const query = (sql: string) => databases.of('search').read((queryable) => queryable.query(sql))
  expect(
    await query(`SELECT to_tsvector('search.words', 'naïve gamés')::text AS words, search.levenshtein_less_equal('game', 'gsme', 2) AS distance`),
  ).toEqual([{ words: "'game':2 'naiv':1", distance: 1 }])
  const elsewhere = await query(`SELECT FROM pg_extension WHERE extname IN ('unaccent', 'fuzzystrmatch') AND extnamespace <> 'search'::regnamespace`)
  expect(elsewhere).toHaveLength(statements.filter((sql) => sql.startsWith('CREATE EXTENSION')).length)
  await close()
})
