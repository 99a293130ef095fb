import type { SearchQuery } from '@kilomega/contracts'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { createSearchIndex } from '../tables/migrations/202611240100-create-search-index.js'
import { wordsOf } from '../words-of.js'
import { PostgresLexicon } from './lexicon.postgres.js'
import { PostgresSearchIndex } from './search-index.postgres.js'
import { documentOf, idOf } from './search-index.suite.js'
import { implementation } from '../index.js'

describe('the search index in Postgres', () => {
  let test: TestDatabase
  let index: PostgresSearchIndex
  const find = (text: string, more: Partial<SearchQuery> = {}) => index.find({ text, limit: 20, ...more })
  const query = <Row extends object>(sql: string, values: unknown[] = []) => test.database.read((queryable) => queryable.query<Row>(sql, values))

  beforeAll(async () => {
    test = await openDatabase({ schema: 'search', migrations: [createSearchIndex], entities: implementation.entities })
    index = new PostgresSearchIndex(test.database, new PostgresLexicon(test.database))
  })
  beforeEach(() => test.database.write((transaction) => transaction.query('TRUNCATE search.document, search.lexicon, search.lexicon_change')))
  afterAll(() => test.close())

  it('finds other forms of a word', async () => {
    await index.put([documentOf(1, { title: 'Running strategies' })])
    expect((await find('run strategy')).items).toHaveLength(1)
  })

  it('corrects to the more frequent of two equally close words, and also two edits away', async () => {
    const many = Array.from({ length: 30 }, (_, at) => documentOf(10 + at, { title: 'A python library' }))
    await index.put([...many, documentOf(1, { title: 'A pythin libary' }), documentOf(2, { title: 'A pythons liberty' })])
    await index.settle()
    expect(await find('pythn')).toMatchObject({ correctedText: 'python' })
    expect(await find('pytohnn')).toMatchObject({ correctedText: 'python' })
    expect(await find('python libary')).toMatchObject({ correctedText: 'python library' })
    expect((await find('libary')).correctedText).toBeUndefined()
  })

  describe('with a common word', () => {
    const all = 12_000
    beforeEach(async () => {
      for (let start = 0; start < all; start += 500) {
        const documents = Array.from({ length: 500 }, (_, at) => start + at).map((number) =>
          documentOf(number, {
            title: number === all - 1 ? 'Common' : 'Sheet ' + number,
            body: 'A common word.',
            category: 'c' + (number % 2),
            tags: ['t' + (number % 4)],
          }),
        )
        await index.put(documents)
      }
      await index.settle()
      await query('VACUUM ANALYZE search.document')
    }, 60_000)

    it('ranks 2,000 and those with the word in the title, counts a sample, and scans for the newest', async () => {
      const best = await find('common', { facets: ['category', 'tag'], limit: 1 })
      expect(best).toMatchObject({ items: [{ title: 'Common' }], total: { value: 2_000, relation: 'at-least' }, facets: { approximate: true } })
      for (const { count } of best.facets!.category!) expect(count).toBeGreaterThan(4_000)
      for (const { count } of best.facets!.tag!) expect(count).toBeGreaterThan(2_000)
      const newest = await find('common', { sort: 'newest', limit: 3 })
      expect(newest.items.map(({ id }) => id)).toEqual([all - 1, all - 2, all - 3].map(idOf))
      const next = await find('common', { sort: 'newest', limit: 2, after: newest.next! })
      expect(next.items.map(({ id }) => id)).toEqual([all - 4, all - 5].map(idOf))
      const rare = await find('common', { tag: 't3', category: 'c1', sort: 'newest', limit: 1 })
      expect(rare.items[0]!.id).toBe(idOf(all - 1))
    })
  })

  it('ends in the same state as after ordered events, with exact word counts, when ten writers send everything at once and twice', async () => {
    const updates = Array.from({ length: 400 }, (_, at) => ({ number: at % 40, version: Math.floor(at / 40) + 1 }))
    const writer = async (seed: number) => {
      const shuffled = updates.map((one, at) => ({ one, place: (at * 7_919 + seed * 104_729) % 1_009 })).sort((one, other) => one.place - other.place)
      for (let start = 0; start < shuffled.length; start += 50) {
        const batch = shuffled.slice(start, start + 50).map(({ one }) => one)
        await index.put(
          batch.filter(({ version }) => version % 2 === 1).map(({ number, version }) => documentOf(number, { title: 'Word' + version, version })),
        )
        await index.remove(batch.filter(({ version }) => version % 2 === 0).map(({ number, version }) => ({ id: idOf(number), version })))
        if (seed % 3 === 0) await index.settle()
      }
    }
    await Promise.all(Array.from({ length: 10 }, (_, seed) => writer(seed)))
    await index.put(Array.from({ length: 20 }, (_, number) => documentOf(number, { title: 'Last words', version: 11 })))
    await index.settle()
    const left = await query<{ title: string; removed: boolean }>('SELECT title, removed_at IS NOT NULL AS removed FROM search.document ORDER BY id')
    expect(left).toEqual(
      Array.from({ length: 40 }, (_, number) => (number < 20 ? { title: 'Last words', removed: false } : { title: '', removed: true })),
    )
    expect(await query('SELECT word, documents FROM search.lexicon ORDER BY word')).toEqual([
      { word: 'last', documents: 20 },
      { word: 'words', documents: 20 },
    ])
  }, 60_000)

  it('answers malicious searches quickly', async () => {
    await index.put([documentOf(1, { title: 'Plain text', body: 'Of no interest.' })])
    await index.settle()
    const hostile = [
      ...[
        'a~2 '.repeat(40),
        '/.*.*.*x/',
        '"'.repeat(200),
        "'".repeat(200),
        '(((('.repeat(50),
        '!'.repeat(200),
        ':*'.repeat(100),
        '&|!<->'.repeat(33),
      ],
      ...[
        '- - - - -',
        '-"a" -"b"',
        '\\'.repeat(200),
        "'; DROP TABLE search.document; --",
        '%_%',
        '<-> <2> <->',
        '🎲'.repeat(100),
        '\u202e\u200b',
        '\ufffe',
      ],
      ...[
        'plain OR OR OR',
        'or '.repeat(30),
        '{"$ne": 1}',
        '=c',
        "'=c'",
        'x'.repeat(200),
        'é'.repeat(200),
        'a-b-c-d-e-f-g'.repeat(15),
        'http://a/b?c=d#e',
      ],
    ].map((text) => text.slice(0, 200).trim())
    const started = performance.now()
    for (const text of hostile) {
      for (const sort of ['relevance', 'newest'] as const)
        await find(text, { sort, facets: ['tag'] }).catch((error) => expect(error).toMatchObject({ code: 'SEARCH_LIMIT' }))
    }
    expect((performance.now() - started) / hostile.length / 2).toBeLessThan(300)
    expect((await find('plain')).items).toHaveLength(1)
  })

  it('accepts texts that are meant to keep a parser busy', async () => {
    const bodies = ['a_', '~/', '<!--', '<a ', 'a-', 'é-', 'http://'].map((unit) => unit.repeat(Math.floor(65_536 / unit.length)))
    const started = performance.now()
    await index.put(bodies.map((body, at) => documentOf(at, { title: 'Busy', body })))
    expect((await find('busy')).items).toHaveLength(bodies.length)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('corrects at least nine in ten words with one wrong letter to the word that was meant', async () => {
    const text = `able about account across action active address advance afternoon against agency agreement airport almost already although always amount
      analysis ancient animal another answer appear approach archive argument around arrive article artist assume attack attention audience author average
      balance battle beautiful become before behavior believe benefit better beyond billion birthday blanket border bottle bottom branch bridge bright brother
      budget building business camera campaign cancer candidate capital captain capture career carry catalog center central century certain chairman challenge
      champion chance change character charge chemical choice church citizen climate clothes collection college colour column comfort command common community
      company compare computer concern condition conference congress consider consumer contain continue control corner country couple courage course create
      culture current customer danger daughter debate decade decide decision defense degree democrat describe design despite detail develop difference difficult
      dinner direction director discover discuss disease doctor dream drive economy education effect effort eight either election employee energy engine enough
      entire environment especially establish evening event evidence exactly example executive exist expect experience explain factor family father feature federal`
    const words = text.split(/\s+/).filter(({ length }) => length >= 5)
    const documents = words.map((word, at) => documentOf(at, { title: word }))
    await index.put(documents)
    await index.settle()
    const right = await Promise.all(words.map(async (word, at) => (await find(mutated(word, at))).correctedText === word))
    expect(right.filter(Boolean).length / words.length).toBeGreaterThanOrEqual(0.9)
  })

  it('counts each word of a document once', async () => {
    await index.put([documentOf(1, { title: 'One two two', body: 'Three two' })])
    await index.settle()
    const words = await query<{ word: string }>('SELECT word FROM search.lexicon WHERE documents = 1')
    expect(words.map(({ word }) => word).sort()).toEqual([...wordsOf('one two three')].sort())
  })
})

/** A word with one letter dropped, doubled, replaced or swapped with the next; never the first. */
function mutated(word: string, seed: number): string {
  const at = 1 + (seed % (word.length - 2))
  const [before, letter, after] = [word.slice(0, at), word[at]!, word.slice(at + 1)]
  return [before + after, before + letter + letter + after, before + 'q' + after, before + after[0] + letter + after.slice(1)][seed % 4]!
}
