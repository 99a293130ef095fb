import type { SearchQuery } from '@kilomega/contracts'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import fc from 'fast-check'
import { hostileSearch, hostileText } from '../../test/hostile-texts.js'
import { createSearchIndex } from '../tables/migrations/202611240100-create-search-index.js'
import { PostgresLexicon } from './lexicon.postgres.js'
import { PostgresSearchIndex } from './search-index.postgres.js'
import { documentOf } from './search-index.suite.js'
import { implementation } from '../index.js'

/** Concurrent searches: as many as the pool has connections. */
const atOnce = 8

describe('hostile text in Postgres', () => {
  let test: TestDatabase
  let index: PostgresSearchIndex
  beforeAll(async () => {
    test = await openDatabase({ schema: 'search', migrations: [createSearchIndex], entities: implementation.entities })
    index = new PostgresSearchIndex(test.database, new PostgresLexicon(test.database))
    const titles = ['A strategy game', 'An editor of text', 'Naïve résumé', 'aaa']
    await index.put(titles.map((title, at) => documentOf(at, { title, category: 'games', tags: ['board'] })))
    await index.settle()
  })
  afterAll(() => test.close())

  const problemOf = (query: SearchQuery) =>
    index.find(query).then(
      () => [],
      (error: Error & { code?: string }) => (error.code === 'SEARCH_LIMIT' ? [] : [[JSON.stringify(query.text), error.message]]),
    )

  it('in 5,000 searches is answered, or refused by the limits', async () => {
    const searches = fc.sample(hostileSearch, { numRuns: 5_000, seed: 20_261_129 })
    const problems: string[][] = []
    const next = async (): Promise<void> => {
      for (let query = searches.pop(); query !== undefined; query = searches.pop()) problems.push(...(await problemOf(query)))
    }
    await Promise.all(Array.from({ length: atOnce }, next))
    expect(problems).toEqual([])
  }, 60_000)

  it('in 1,000 posts is stored, found next to other posts, and completed and corrected', async () => {
    const posts = fc.sample(fc.tuple(hostileText(200), hostileText(4_000), hostileText(64), fc.array(hostileText(64), { maxLength: 8 })), {
      numRuns: 1_000,
      seed: 20_261_129,
    })
    await index.put(
      posts.map(([title, body, category, tags], at) =>
        documentOf(100 + at, { title: `Hostile ${title}`.slice(0, 200).toWellFormed(), body, category, tags }),
      ),
    )
    await index.settle()
    expect(await index.find({ text: 'hostile', limit: 1, facets: ['category', 'tag'] })).toMatchObject({ total: { value: 1_000 } })
    expect(await index.find({ text: 'hostiel', limit: 1 })).toMatchObject({ correctedText: 'hostile' })
    for (const query of fc.sample(hostileSearch, { numRuns: 500, seed: 20_261_130 })) expect(await problemOf(query)).toEqual([])
  }, 60_000)
})
