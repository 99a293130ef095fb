import { eventually } from '@kilomega/testing'
import { openApi, type OpenedApi, operatorToken } from './open-api.js'

let api: OpenedApi
beforeAll(async () => (api = await openApi()), 60_000)
afterAll(() => api.close())

const thai = 'ภาษาไทยเขียนติดกันโดยไม่เว้นวรรคระหว่างคำและยาวต่อเนื่องกันไปจนจบประโยค'
const japanese = '東京の夏はとても暑くて人々は涼しい場所を探して歩いている。'
/** A post of nearly the largest allowed size, in characters of three bytes each. */
const largestPost = (number: number) => ({
  title: `fat ${number} ${'夏'.repeat(490)}`,
  body: `fat ${'夏<&'.repeat(4_000)}`,
  category: '暑'.repeat(64),
  tags: Array.from({ length: 64 }, (_, index) => `${index}${'街'.repeat(62)}`),
})

interface Page {
  items: { id: string; title: string }[]
  nextCursor: string | null
}

async function publish(documents: object[]): Promise<void> {
  for (let start = 0; start < documents.length; start += 10) {
    const json = { documents: documents.slice(start, start + 10) }
    const answer = await api.ask({ method: 'POST', path: '/v1/imports/posts', token: operatorToken, json })
    expect(answer).toMatchObject({ status: 200, json: { rejected: [] } })
  }
}

async function pageAt(path: string): Promise<Page> {
  const answer = await api.ask({ path, token: operatorToken })
  expect([path.slice(0, 80), answer.status, answer.text.slice(0, 0)]).toEqual([path.slice(0, 80), 200, ''])
  return answer.json as Page
}

/** The titles of a whole list, page by page. */
async function allOf(path: string): Promise<string[]> {
  const titles: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page = await pageAt(cursor === '' ? path : `${path}&cursor=${cursor}`)
    expect(page.items.length).toBeGreaterThan(0)
    titles.push(...page.items.map(({ title }) => title))
    cursor = page.nextCursor
  }
  return titles
}

it.each([
  ['thaiword', thai],
  ['japaneseword', japanese],
])(
  'a page of a hundred hits in a language without spaces is complete: %s',
  async (word, sentence) => {
    const documents = Array.from({ length: 100 }, (_, index) => ({ title: `${word} ${index}`, body: `${word} ${sentence.repeat(60)}` }))
    await publish(documents.map((document, index) => ({ ...document, key: `${word} ${index}` })))
    await eventually(async () => expect((await pageAt(`/v1/search?q=${word}&limit=100`)).items).toHaveLength(100), 20_000)
    for (const limit of [50, 100]) expect((await pageAt(`/v1/search?q=${word}&limit=${limit}&facets=category,tag`)).items).toHaveLength(limit)
  },
  60_000,
)

describe('if every post has the maximum size', () => {
  const count = 110
  beforeAll(async () => {
    await publish(Array.from({ length: count }, (_, index) => ({ key: `fat ${index}`, ...largestPost(index) })))
    for (let index = 0; index < count; index += 1)
      await api.ask({ method: 'POST', path: '/v1/posts', token: operatorToken, json: largestPost(index) })
    await eventually(async () => expect(await allOf('/v1/search?q=fat&limit=20')).toHaveLength(count), 20_000)
  }, 120_000)

  it.each(['/v1/posts?limit=100', '/v1/posts?limit=100&mine=true', '/v1/search?q=fat&limit=100', '/v1/search?q=fat&limit=100&sort=newest'])(
    '%s can be read to its end in pages that may be shorter',
    async (path) => {
      const titles = (await allOf(path)).filter((title) => title.startsWith('fat'))
      expect([titles.length, new Set(titles).size]).toEqual([count, count])
    },
  )
})
