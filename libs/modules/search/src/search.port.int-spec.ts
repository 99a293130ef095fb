import { PostChanged, PostPublished, PostRemoved, type SearchPort } from '@kilomega/contracts'
import { anonymous } from '@kilomega/ports'
import { describeBindings, type OpenedPort } from '@kilomega/port-testing'
import { eventually } from '@kilomega/testing'
import fc from 'fast-check'
import { hostileSearch } from '../test/hostile-texts.js'
import { SearchIndex } from './drivers/search-index.js'
import { implementation } from './index.js'

const authorId = '0199f0a2-7c1e-7b63-9d54-000000000001'
const idOf = (number: number): string => '0199f0a2-7c1e-7b63-9d55-' + number.toString(16).padStart(12, '0')
const post = (number: number, version: number, title: string) => ({
  ...{ id: idOf(number), version, authorId, title, body: 'Its body.', category: 'games', tags: ['board'], mediaIds: [] },
  publishedAt: '2026-01-31T12:00:00.000Z',
})

const wrongFilters = [{ category: 'a\u0000' }, { tag: 'x'.repeat(65) }, { author: 'me' }, { from: 'yesterday' }, { sort: 'title' }, { limit: 101 }]

describeBindings('SearchPort', (open) => {
  let opened: OpenedPort<typeof SearchPort>
  beforeAll(async () => {
    opened = await open(implementation)
  })
  afterAll(() => opened.close())

  const find = (text: string, more: object = {}) => opened.as(anonymous, () => opened.port.find({ text, limit: 10, ...more }))
  const idsOf = async (text: string) => (await find(text)).items.map(({ id }) => id)

  it('finds published posts, with their new text after a change, and not at all after their removal', async () => {
    await opened.tell(PostPublished(post(1, 2, 'Draughts')))
    await eventually(async () => expect(await idsOf('draughts')).toEqual([idOf(1)]))
    await opened.tell(PostChanged(post(1, 3, 'Checkers')))
    await eventually(async () => expect(await idsOf('checkers')).toEqual([idOf(1)]))
    expect(await idsOf('draughts')).toEqual([])
    await opened.tell(PostRemoved({ id: idOf(1), version: 4, authorId, mediaIds: [] }))
    await eventually(async () => expect(await idsOf('checkers')).toEqual([]))
  })

  it('ends in the right state if events come in the wrong order', async () => {
    await opened.tell(PostRemoved({ id: idOf(2), version: 4, authorId, mediaIds: [] }), PostChanged(post(3, 5, 'Backgammon')))
    await eventually(async () => expect(await idsOf('backgammon')).toEqual([idOf(3)]))
    await opened.tell(PostChanged(post(2, 3, 'Ludo')), PostPublished(post(3, 2, 'Ludo')), PostPublished(post(4, 2, 'Halma')))
    await eventually(async () => expect(await idsOf('halma')).toEqual([idOf(4)]))
    expect(await idsOf('ludo')).toEqual([])
    expect(await idsOf('backgammon')).toEqual([idOf(3)])
  })

  it('helps with typing once the words are counted', async () => {
    await opened.tell(PostPublished(post(5, 2, 'Parcheesi')))
    await eventually(async () => expect(await idsOf('parcheesi')).toEqual([idOf(5)]))
    await opened.get(SearchIndex).settle()
    expect(await find('parchesi', { facets: ['tag'] })).toMatchObject({
      correctedText: 'parcheesi',
      items: [{ id: idOf(5) }],
      facets: { approximate: false },
    })
  })

  it('answers 1,000 hostile searches, or refuses them by the limits', async () => {
    for (const query of fc.sample(hostileSearch, { numRuns: 1_000, seed: 20_261_129 }))
      await opened
        .as(anonymous, () => opened.port.find(query))
        .catch((error) => expect([query.text, error]).toEqual([query.text, expect.objectContaining({ code: 'SEARCH_LIMIT' })]))
  }, 60_000)

  it('refuses texts that are empty, too long, or contain characters that cannot be typed', async () => {
    for (const text of ['', '   ', 'x'.repeat(201), 'a\u0000b', '\ud800'])
      await expect(find(text)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    await expect(find('*')).rejects.toMatchObject({ code: 'SEARCH_LIMIT' })
    for (const more of wrongFilters) {
      await expect(find('a', more)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    }
  })
})
