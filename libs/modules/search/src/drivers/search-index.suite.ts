import type { SearchQuery } from '@kilomega/contracts'
import type { IndexedDocument, SearchIndex } from './search-index.js'

const ada = '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10'
const ben = '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a11'
export const idOf = (number: number): string => '0199f0a2-7c1e-7b63-9d54-' + number.toString(16).padStart(12, '0')

/** A document of the suite: its number determines its id and its time. */
export const documentOf = (number: number, words: Partial<IndexedDocument> = {}): IndexedDocument => ({
  id: idOf(number),
  version: 1,
  authorId: ada,
  title: 'Untitled',
  body: '',
  category: null,
  tags: [],
  publishedAt: new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString(),
  ...words,
})

const shelf = [
  documentOf(1, {
    title: 'A strategy game of ancient warfare',
    body: 'Rewrite the history of Western civilizations.',
    category: 'games',
    tags: ['role::game'],
  }),
  documentOf(2, { title: 'Chess', body: 'The oldest game of strategy, played on a board.', category: 'games', tags: ['board', 'role::game'] }),
  documentOf(3, {
    title: 'Compiler for functional programs',
    body: 'Lazy evaluation, and history of its own.',
    category: 'devel',
    tags: ['haskell'],
  }),
  documentOf(4, { title: 'Naïve résumé editor', body: 'Writes <b>bold</b> & "quoted" editor words.', category: 'text', authorId: ben }),
  documentOf(5, { title: 'Image viewer', body: 'Shows pictures of every kind.', category: 'graphics', tags: ['board'], authorId: ben }),
]

/** The promises of every search index. `open` returns an empty one. */
export function searchIndexSuite(name: string, open: () => Promise<SearchIndex>): void {
  describe(`SearchIndex in ${name}`, () => {
    let index: SearchIndex
    const find = (text: string, more: Partial<SearchQuery> = {}) => index.find({ text, limit: 20, ...more })
    const numbers = async (text: string, more: Partial<SearchQuery> = {}) =>
      (await find(text, more)).items.map(({ id }) => Number('0x' + id.slice(-12)))

    beforeEach(async () => {
      index = await open()
      await index.put(shelf)
      await index.settle()
    })

    describe('words', () => {
      it('finds a word in titles, bodies, categories and tags', async () => {
        expect(await numbers('compiler')).toEqual([3])
        expect(await numbers('civilizations')).toEqual([1])
        expect(await numbers('graphics')).toEqual([5])
        expect(await numbers('haskell')).toEqual([3])
      })

      it('puts a document with the word in its title before one with it in the body', async () => {
        expect(await numbers('strategy')).toEqual([1, 2])
      })

      it('asks for all words, for any with OR, for none with a minus, for neighbours in quotes', async () => {
        expect(await numbers('strategy board')).toEqual([2])
        expect((await numbers('chess OR compiler')).sort()).toEqual([2, 3])
        expect(await numbers('strategy -board')).toEqual([1])
        expect(await numbers('"strategy game"')).toEqual([1])
      })

      it('treats letters with and without accents and in either case as the same', async () => {
        expect(await numbers('NAIVE Resume')).toEqual([4])
      })

      it.each(['the of', '-chess', '""', '((((', '!!! &&& |||', '🎲', ':*', "'", '\\', '-', 'or', '" OR "'])(
        'finds nothing, and nothing breaks, for %s',
        async (text) => {
          expect(await find(text)).toEqual({ items: [], total: { value: 0, relation: 'exact' }, next: null })
        },
      )

      it('refuses leading wildcards and more than 32 parts', async () => {
        await expect(find('*game')).rejects.toMatchObject({ code: 'SEARCH_LIMIT' })
        await expect(find('a '.repeat(33))).rejects.toMatchObject({ code: 'SEARCH_LIMIT' })
      })
    })

    describe('help with typing', () => {
      it('completes the last word from three letters on', async () => {
        expect((await numbers('civil')).sort()).toEqual([1])
        expect(await numbers('functional comp')).toEqual([3])
        expect(await numbers('civ*')).toEqual([1])
      })

      it.each([
        ['a letter left out', 'stratgy', 'strategy'],
        ['two letters swapped', 'startegy', 'strategy'],
        ['a wrong letter', 'strutegy', 'strategy'],
        ['a letter too many', 'strattegy', 'strategy'],
      ])('corrects %s', async (_, typed, meant) => {
        expect(await find(typed)).toMatchObject({ correctedText: meant, items: [{ id: idOf(1) }, { id: idOf(2) }] })
      })

      it('corrects only the words that are wrong, and leaves the rest as typed', async () => {
        expect(await find('Strategy gmae -board')).toMatchObject({ correctedText: 'Strategy game -board', items: [{ id: idOf(1) }] })
      })

      it('reports no correction if the text was right, or if the correction finds nothing either', async () => {
        expect((await find('strategy')).correctedText).toBeUndefined()
        expect((await find('zzzzzzzz')).correctedText).toBeUndefined()
      })

      it('does not correct to words of removed posts', async () => {
        await index.remove([{ id: idOf(3), version: 2 }])
        await index.settle()
        expect(await find('compilr')).toMatchObject({ items: [], total: { value: 0 } })
      })
    })

    describe('filters and facets', () => {
      it('filters by category, tag, author and time', async () => {
        expect(await numbers('strategy', { category: 'games' })).toEqual([1, 2])
        expect(await numbers('strategy', { category: 'text' })).toEqual([])
        expect(await numbers('strategy', { tag: 'board' })).toEqual([2])
        expect(await numbers('editor', { author: ben })).toEqual([4])
        expect(await numbers('editor', { author: ada })).toEqual([])
        expect(await numbers('strategy', { from: shelf[1]!.publishedAt })).toEqual([2])
        expect(await numbers('strategy', { to: shelf[1]!.publishedAt })).toEqual([1])
      })

      it('takes a filter literally, whatever it contains', async () => {
        await index.put([documentOf(9, { title: 'Odd thing', category: "it's a \\ 'trap'", tags: ["' | 'games"] })])
        expect(await numbers('odd', { category: "it's a \\ 'trap'", tag: "' | 'games" })).toEqual([9])
        expect(await numbers('strategy', { tag: "' | 'games" })).toEqual([])
      })

      it('counts the values of what was found, most frequent first', async () => {
        const { facets } = await find('strategy', { facets: ['category', 'tag'] })
        expect(facets).toEqual({
          category: [{ value: 'games', count: 2 }],
          tag: [
            { value: 'role::game', count: 2 },
            { value: 'board', count: 1 },
          ],
          approximate: false,
        })
        expect((await find('strategy', { facets: ['tag'] })).facets).not.toHaveProperty('category')
      })
    })

    describe('hits', () => {
      it('shows where the words are, as HTML in which nothing of the text is markup', async () => {
        const { items } = await find('editor')
        expect(items[0]!.highlights[0]).toContain('<mark>editor</mark>')
        const html = items[0]!.highlights.join(' ')
        expect(html.replaceAll(/<\/?mark>/g, '')).not.toMatch(/[<>]/)
        expect(html).toContain('&lt;b&gt;bold&lt;/b&gt; &amp; &quot;quoted&quot;')
      })

      it('lets no text bring its own marks', async () => {
        await index.put([documentOf(9, { title: 'Marked \uE000thing', body: '<mark>thing</mark> \uE001\uE002' })])
        const { items } = await find('thing')
        expect(items[0]!.highlights.join(' ').match(/<mark>/g)).toHaveLength(items[0]!.highlights.join(' ').match(/<\/mark>/g)!.length)
        expect(items[0]!.highlights.join(' ')).not.toContain('<mark></mark>')
      })

      it('returns everything that a list of results shows', async () => {
        const { items } = await find('viewer')
        const { id, title, category, tags, authorId, publishedAt } = shelf[4]!
        expect(items[0]).toMatchObject({ id, title, category, tags, authorId, publishedAt, excerpt: 'Shows pictures of every kind.' })
        expect((await find('editor')).items[0]!.excerpt).toBe(shelf[3]!.body)
      })

      it('cuts an excerpt after 280 characters', async () => {
        await index.put([documentOf(9, { title: 'Lengthy', body: 'x'.repeat(1_000) })])
        expect((await find('lengthy')).items[0]!.excerpt).toHaveLength(280)
      })
    })

    describe('pages', () => {
      const many = Array.from({ length: 25 }, (_, at) => documentOf(100 + at, { title: 'Leaflet', publishedAt: shelf[at % 3]!.publishedAt }))

      it.each(['relevance', 'newest'] as const)('by %s, each hit comes once and in one order, also among equals', async (sort) => {
        await index.put(many)
        const whole = (await find('leaflet', { sort, limit: 100 })).items.map(({ id }) => id)
        const paged: string[] = []
        let after: SearchQuery['after']
        do {
          const page = await find('leaflet', { sort, limit: 7, ...(after && { after }) })
          paged.push(...page.items.map(({ id }) => id))
          after = page.next ?? undefined
        } while (after !== undefined)
        expect(new Set(paged).size).toBe(25)
        expect(paged).toEqual(whole)
      })

      it('return the total, and no cursor after the last page', async () => {
        await index.put(many)
        expect(await find('leaflet', { limit: 25 })).toMatchObject({ total: { value: 25, relation: 'exact' }, next: null })
      })

      it('are ordered by time if sorted by newest', async () => {
        expect(await numbers('strategy', { sort: 'newest' })).toEqual([2, 1])
      })
    })

    describe('versions', () => {
      it('keeps the newest text, whatever comes late or twice', async () => {
        await index.put([documentOf(1, { title: 'Third', version: 3 }), documentOf(1, { title: 'Second', version: 2 })])
        await index.put([documentOf(1, { title: 'Second', version: 2 })])
        expect(await numbers('third')).toEqual([1])
        expect(await numbers('second')).toEqual([])
        expect(await numbers('strategy')).toEqual([2])
      })

      it('does not bring back what was removed', async () => {
        await index.remove([
          { id: idOf(1), version: 2 },
          { id: idOf(77), version: 4 },
        ])
        await index.put([documentOf(1, { title: 'Revenant' }), documentOf(77, { title: 'Revenant', version: 3 })])
        expect(await numbers('revenant')).toEqual([])
        expect(await numbers('strategy')).toEqual([2])
      })

      it('does not remove a post that was changed after the removal event', async () => {
        await index.put([documentOf(1, { title: 'Later', version: 5 })])
        await index.remove([{ id: idOf(1), version: 4 }])
        expect(await numbers('later')).toEqual([1])
      })

      it('deletes old removals on request, and nothing else', async () => {
        await index.remove([{ id: idOf(1), version: 2 }])
        await index.forgetRemovals(new Date(Date.now() - 60_000), 10)
        await index.put([documentOf(1, { title: 'Remembered' })])
        expect(await numbers('remembered')).toEqual([])
        await index.remove([{ id: idOf(99), version: 2 }])
        const counts = [1, 10, 10].map((limit) => () => index.forgetRemovals(new Date(Date.now() + 60_000), limit))
        for (const [at, count] of [1, 1, 0].entries()) expect(await counts[at]!()).toBe(count)
        await index.put([documentOf(1, { title: 'Forgotten' })])
        expect(await numbers('forgotten')).toEqual([1])
        expect(await numbers('chess')).toEqual([2])
      })

      it('ends in the same state whatever the order of events', async () => {
        const updates = Array.from({ length: 40 }, (_, at) => ({ number: 200 + (at % 10), version: Math.floor(at / 10) + 1 }))
        const shuffled = [...updates, ...updates].sort(
          (one, other) => ((one.number * 31 + one.version * 17) % 13) - ((other.number * 29 + other.version * 19) % 11),
        )
        for (const { number, version } of shuffled) {
          if (number % 2 === 0 && version === 4) await index.remove([{ id: idOf(number), version }])
          else await index.put([documentOf(number, { title: 'Flyer v' + version, version })])
        }
        expect((await numbers('flyer', { limit: 100 })).sort()).toEqual([201, 203, 205, 207, 209])
        expect((await numbers('v4', { limit: 100 })).sort()).toEqual([201, 203, 205, 207, 209])
      })
    })
  })
}
