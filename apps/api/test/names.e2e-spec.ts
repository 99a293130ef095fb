import { eventually } from '@kilomega/testing'
import { type Answer, openApi, type OpenedApi, operatorToken } from './open-api.js'

const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301']
/** Invisible characters: zero-width ones, fillers, blanks, direction marks. */
const invisible = [
  '\u200b',
  '\u2060\u200d',
  '\ufeff',
  '\u00ad',
  '\u115f',
  '\u3164',
  '\uffa0',
  '\u2800',
  '\u202e\u2066',
  '\u180e',
  '\u034f',
  '\u{e0041}',
]

let api: OpenedApi
let ada: string
beforeAll(async () => {
  api = await openApi({ HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '100000' })
  ada = await api.signUp('ada')
}, 60_000)
afterAll(() => api.close())

const write = (fields: object) => api.ask({ method: 'POST', path: '/v1/posts', token: ada, json: { title: 'a', body: 'b', ...fields } })
const importOne = (document: object) =>
  api.ask({
    method: 'POST',
    path: '/v1/imports/posts',
    token: operatorToken,
    json: { documents: [{ key: 'k', title: 'a', body: 'b', ...document }] },
  })
const rename = (name: string) => api.ask({ method: 'PATCH', path: '/v1/me', token: ada, json: { name } })
const register = (name: string) =>
  api.ask({ method: 'POST', path: '/v1/accounts', json: { email: 'eve@example.org', password: 'of many words one', name } })

async function change(fields: object): Promise<Answer> {
  const { json, headers } = await write({})
  const path = `/v1/posts/${(json as { id: string }).id}`
  return api.ask({ method: 'PATCH', path, token: ada, json: fields, headers: { 'if-match': headers.get('etag')! } })
}

const places: [where: string, path: string, send: (name: string) => Promise<Answer>][] = [
  ['the title of a draft', 'title', (name) => write({ title: name })],
  ['its category', 'category', (name) => write({ category: name })],
  ['its tags', 'tags.0', (name) => write({ tags: [name] })],
  ['a changed title', 'title', (name) => change({ title: name })],
  ['a changed category', 'category', (name) => change({ category: name })],
  ['changed tags', 'tags.0', (name) => change({ tags: [name] })],
  ['the name of an account', 'name', register],
  ['a changed name', 'name', rename],
]

describe('an invisible name', () => {
  it.each(places)('is not accepted as %s', async (_, path, send) => {
    for (const name of [...invisible, invisible.join(' ')])
      expect((await send(name)).json).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ path }] })
  })

  it('is not accepted in an import', async () => {
    for (const name of invisible)
      for (const document of [{ title: name }, { category: name }, { tags: [name] }])
        expect((await importOne(document)).json).toMatchObject({ created: 0, rejected: [{ index: 0 }] })
  })

  it('is not the same as a name with visible characters', async () => {
    const seen = ['\u0e41\u0e1e', '👩\u200d💻', 'می\u200cخواهم', '🏴\u{e0067}\u{e0062}\u{e007f}', '一', '\u0b95\u0bcd\u200c\u0bb7', '.']
    for (const title of seen)
      expect((await write({ title, category: title, tags: [title] })).json).toMatchObject({ title, category: title, tags: [title] })
  })
})

describe('a name in two Unicode forms', () => {
  it('is one name', async () => {
    const fields = { title: decomposed, category: decomposed, tags: [decomposed, composed] }
    const same = { title: composed, category: composed, tags: [composed] }
    expect((await write(fields)).json).toMatchObject(same)
    expect((await change(fields)).json).toMatchObject(same)
    expect((await rename(decomposed)).json).toMatchObject({ name: composed })
  })

  it('is found by both, in lists, in search and in facets', async () => {
    expect((await importOne({ title: 'Quillwork', category: decomposed, tags: [decomposed] })).json).toMatchObject({ created: 1 })
    for (const form of [composed, decomposed].map(encodeURIComponent)) {
      for (const filter of [`category=${form}`, `tag=${form}`]) {
        expect((await api.ask({ path: `/v1/posts?${filter}` })).json).toMatchObject({ items: [{ title: 'Quillwork', category: composed }] })
        await eventually(async () => {
          const { json } = await api.ask({ path: `/v1/search?q=quillwork&facets=category,tag&${filter}` })
          const counts = [{ value: composed, count: 1 }]
          expect(json).toMatchObject({ items: [{ title: 'Quillwork' }], facets: { category: counts, tag: counts } })
        }, 20_000)
      }
    }
  })
})
