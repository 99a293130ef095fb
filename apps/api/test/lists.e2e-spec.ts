import { openApi, type OpenedApi, operatorToken } from './open-api.js'

let api: OpenedApi
beforeAll(async () => {
  api = await openApi()
  const documents = Array.from({ length: 25 }, (_, at) => ({
    key: `k${at}`,
    title: `Title ${at}`,
    body: `"next":null,"version":9 ${at}`,
    category: 'a',
  }))
  await api.ask({ method: 'POST', path: '/v1/imports/posts', token: operatorToken, json: { documents } })
}, 60_000)
afterAll(() => api.close())

interface Page {
  items: { id: string; title: string }[]
  nextCursor: string | null
}
const page = async (query: string) => (await api.ask({ path: `/v1/posts?${query}` })).json as Page

describe('a list', () => {
  it('is read to its end, each item once', async () => {
    const titles: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { items, nextCursor }: Page = await page(`limit=10${cursor && `&cursor=${cursor}`}`)
      titles.push(...items.map(({ title }) => title))
      cursor = nextCursor
    }
    expect(new Set(titles).size).toBe(25)
    expect(titles).toHaveLength(25)
  })

  it('accepts no cursor that was edited, invented, or issued for another list or filter', async () => {
    const cursor = (await page('limit=5')).nextCursor!
    const flipped = `${cursor.slice(0, 30)}${cursor[30] === 'A' ? 'B' : 'A'}${cursor.slice(31)}`
    const forged = Buffer.from(`0123456789abcdef${JSON.stringify({ at: '2026-01-31T12:00:00.000Z', id: 'x' })}`).toString('base64url')
    const paths = [flipped, forged, `${cursor}=`, `${cursor}AA`, 'x', cursor.slice(0, 20)].map((bad) => `/v1/posts?cursor=${bad}`)
    paths.push(`/v1/posts?category=a&cursor=${cursor}`, `/v1/search?q=title&cursor=${cursor}`)
    const answers = await Promise.all(paths.map((path) => api.ask({ path })))
    expect(answers.map(({ status, json }) => `${status} ${(json as { code: string }).code}`)).toEqual(paths.map(() => '400 INVALID_CURSOR'))
  })
})

describe('one post', () => {
  it('carries its version as ETag, whatever its text says', async () => {
    const [first] = (await page('limit=1')).items
    const { headers } = await api.ask({ path: `/v1/posts/${first!.id}` })
    expect(headers.get('etag')).toBe('"1"')
  })

  it('is not sent again to a client that has its current version', async () => {
    const [first] = (await page('limit=1')).items
    const read = (method: string, known: string) => api.ask({ method, path: `/v1/posts/${first!.id}`, headers: { 'if-none-match': known } })
    for (const method of ['GET', 'HEAD']) {
      for (const known of ['"1"', 'W/"1"', '"7", "1"', '*']) {
        const { status, headers, text } = await read(method, known)
        expect([method, known, status, text]).toEqual([method, known, 304, ''])
        expect(Object.fromEntries(headers)).toMatchObject({ etag: '"1"', 'cache-control': 'no-store' })
        expect(['content-type', 'content-length', 'transfer-encoding'].filter((name) => headers.has(name))).toEqual([])
      }
      const stale = await read(method, '"7"')
      expect([stale.status, stale.headers.get('etag'), Number(stale.headers.get('content-length')) > 100]).toEqual([200, '"1"', true])
    }
  })

  it('can be changed only by a client that has read its latest version', async () => {
    const post = (await api.ask({ method: 'POST', path: '/v1/posts', token: operatorToken, json: { title: 'a', body: 'b' } })).json as { id: string }
    const change = (etag?: string) =>
      api.ask({
        method: 'PATCH',
        path: `/v1/posts/${post.id}`,
        token: operatorToken,
        json: { title: 'c' },
        ...(etag && { headers: { 'if-match': etag } }),
      })
    const answers = [await change(), await change('"1"'), await change('"1"'), await change('"x"')]
    expect(answers.map(({ status, json }) => `${status} ${(json as { code?: string }).code}`)).toEqual([
      '428 PRECONDITION_REQUIRED',
      '200 undefined',
      '412 VERSION_MISMATCH',
      '412 PRECONDITION_FAILED',
    ])
    expect(answers[1]!.headers.get('etag')).toBe('"2"')
  })
})
