import { eventually } from '@kilomega/testing'
import sharp from 'sharp'
import { type TestRequest, openApi, type OpenedApi, operatorToken } from './open-api.js'
import { requestOf, missingId, type Operation, operationsOf } from './operations.js'

interface Listed {
  items: { id: string; type?: string; readAt?: string | null }[]
}
interface Picture {
  status: string
  renditions: { url: string }[]
}

/** A word that occurs only in the draft. */
const secret = 'zanzibarquill'
let api: OpenedApi
const tokens = { ada: '', bob: '' }
/** Ada's private resources, by the part of the path before the id. */
const owned = { posts: '', media: '', notifications: '' }
let renditionUrls: string[]

beforeAll(async () => {
  api = await openApi()
  tokens.ada = await api.signUp('ada')
  tokens.bob = await api.signUp('bob')
  owned.media = await uploaded()
  const draft = { title: secret, body: secret, category: secret, tags: [secret], mediaIds: [owned.media] }
  owned.posts = ((await api.ask({ method: 'POST', path: '/v1/posts', token: tokens.ada, json: draft })).json as { id: string }).id
  owned.notifications = await eventually(async () => (await inbox(tokens.ada)).find(({ type }) => type === 'media-ready')!.id, 20_000)
}, 90_000)
afterAll(() => api.close())

async function uploaded(): Promise<string> {
  const form = new FormData()
  const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#3366cc' } })
    .png()
    .toBuffer()
  form.set('file', new Blob([new Uint8Array(bytes)]), 'blue.png')
  const { json } = await api.ask({ method: 'POST', path: '/v1/media', token: tokens.ada, body: form })
  const { id } = json as { id: string }
  renditionUrls = await eventually(async () => {
    const picture = (await api.ask({ path: `/v1/media/${id}`, token: tokens.ada })).json as Picture
    expect(picture.status).toBe('ready')
    return picture.renditions.map(({ url }) => url)
  }, 20_000)
  return id
}

const inbox = async (token: string) => ((await api.ask({ path: '/v1/notifications', token })).json as Listed).items
const withId = () => operationsOf(api.document).filter(({ path }) => path.includes('{id}'))
const resourceOf = ({ path }: Operation) => path.split('/')[2] as keyof typeof owned

/** Every request that a route accepts about one id: with each choice in its path, and with conditions. */
function requestsOf(operation: Operation): TestRequest[] {
  const choice = operation.parameters.find((parameter) => parameter.in === 'path' && parameter.name !== 'id')
  const paths = (choice?.schema.enum ?? ['']).map((value) => operation.path.replace('{id}', missingId).replace(/\{\w+\}/, String(value)))
  const known = paths.flatMap((path) => renditionUrls.map((url) => url.replace(owned.media, missingId)).filter((url) => url.startsWith(`${path}?`)))
  const request = requestOf(operation)
  const conditions = operation.method === 'GET' ? [{}, { 'if-none-match': '*' }, { range: 'bytes=0-1' }] : [request.headers ?? {}]
  const methods = operation.method === 'GET' ? ['GET', 'HEAD'] : [operation.method]
  return [...paths, ...known].flatMap((path) => conditions.flatMap((headers) => methods.map((method) => ({ ...request, method, path, headers }))))
}

/** How an answer differs from that about an id that does not exist; empty if it does not. */
async function difference(request: TestRequest, id: string): Promise<string[]> {
  const foreignRequest = { ...request, path: request.path.replace(missingId, id) }
  const [foreign, missing] = await Promise.all([api.ask(foreignRequest), api.ask(request)])
  const seen = [foreign, missing].map(({ status, headers, json }) =>
    JSON.stringify([status, [...headers.keys()], { ...(json as object), requestId: '' }]),
  )
  const isMissing = foreign.status === 404 && (request.method === 'HEAD' || (foreign.json as { code: string }).code === 'NOT_FOUND')
  return isMissing && seen[0] === seen[1] ? [] : [`${request.method} ${foreignRequest.path}: ${seen.join(' but ')}`]
}

describe('a resource of another user', () => {
  it('is missing on every route with an id, with the same answer as for one that does not exist', async () => {
    expect([...new Set(withId().map(resourceOf))].sort()).toEqual(Object.keys(owned).sort())
    const wrong: string[] = []
    let count = 0
    for (const operation of withId()) {
      const callers = operation.access === 'anyone' ? [tokens.bob, ''] : [tokens.bob]
      for (const request of callers.flatMap((token) => requestsOf(operation).map((one) => ({ ...one, token })))) {
        wrong.push(...(await difference(request, owned[resourceOf(operation)])))
        count += 1
      }
    }
    expect(wrong).toEqual([])
    expect(count).toBeGreaterThan(90)
  })

  it('is unchanged for its owner afterwards', async () => {
    const paths = [`/v1/posts/${owned.posts}`, `/v1/media/${owned.media}`, ...renditionUrls]
    const answers = await Promise.all(paths.map((path) => api.ask({ path, token: tokens.ada })))
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200))
    expect(answers[0]!.json).toMatchObject({ status: 'draft', version: 1, title: secret })
    expect((await inbox(tokens.ada)).find(({ id }) => id === owned.notifications)).toMatchObject({ readAt: null })
  })

  it('cannot be used in a post, like a picture that does not exist', async () => {
    const own = { title: 'mine', body: 'mine' }
    const { id } = (await api.ask({ method: 'POST', path: '/v1/posts', token: tokens.bob, json: own })).json as { id: string }
    const refusal = async (mediaId: string) => {
      const mediaIds = [mediaId]
      const answers = await Promise.all([
        api.ask({ method: 'POST', path: '/v1/posts', token: tokens.bob, json: { ...own, mediaIds } }),
        api.ask({ method: 'PATCH', path: `/v1/posts/${id}`, token: tokens.bob, json: { mediaIds }, headers: { 'if-match': '"1"' } }),
      ])
      return answers.map(({ json }) => ({ ...(json as object), requestId: '' }))
    }
    const foreign = await refusal(owned.media)
    expect(foreign).toMatchObject([{ code: 'MEDIA_NOT_USABLE' }, { code: 'MEDIA_NOT_USABLE' }])
    expect(foreign).toEqual(await refusal(missingId))
  })

  it('is in no list of others, and in no count', async () => {
    const { id: adaId } = (await api.ask({ path: '/v1/me', token: tokens.ada })).json as { id: string }
    const lists = ['', '?mine=true', `?author=${adaId}`, `?author=${adaId}&mine=true`, `?category=${secret}`, `?tag=${secret}`]
    const answers = await Promise.all(
      [tokens.bob, '', operatorToken].flatMap((token) => lists.map((query) => api.ask({ path: `/v1/posts${query}`, token }))),
    )
    expect(answers.filter(({ text }) => text.includes(secret) || text.includes(owned.posts)).map(({ text }) => text)).toEqual([])
    const listed = await inbox(tokens.bob)
    expect(listed.map(({ type }) => type)).toEqual(['welcome'])
    const unread = async (token: string) => (await api.ask({ path: '/v1/notifications/unread-count', token })).json
    expect([await unread(tokens.ada), await unread(tokens.bob)]).toEqual([{ count: 2 }, { count: 1 }])
    await api.ask({ method: 'POST', path: '/v1/notifications/read-all', token: tokens.bob })
    expect([await unread(tokens.ada), await unread(tokens.bob)]).toEqual([{ count: 2 }, { count: 0 }])
  })

  it('is in no search and in no facet, unlike published ones', async () => {
    const document = { key: 'k', title: 'Public quill', body: 'words', category: 'open', tags: ['shown'] }
    await api.ask({ method: 'POST', path: '/v1/imports/posts', token: operatorToken, json: { documents: [document] } })
    const search = (q: string, token: string) => api.ask({ path: `/v1/search?q=${q}&facets=category,tag`, token })
    await eventually(async () => expect(((await search('quill', '')).json as Listed).items).toHaveLength(1), 20_000)
    const texts = await Promise.all(
      [tokens.ada, tokens.bob, '', operatorToken].flatMap((token) => [secret, 'quill'].map(async (q) => (await search(q, token)).text)),
    )
    expect(texts.filter((text) => text.includes(secret) || text.includes(owned.posts))).toEqual([])
    expect(JSON.parse(texts[1]!)).toMatchObject({ facets: { category: [{ value: 'open', count: 1 }], tag: [{ value: 'shown', count: 1 }] } })
  })

  it('is neither counted nor written by users through the routes of admins', async () => {
    const adminOnly = operationsOf(api.document).filter(({ access }) => access === 'admin')
    const answers = await Promise.all(adminOnly.map((operation) => api.ask({ ...requestOf(operation), token: tokens.bob })))
    expect(adminOnly.map(({ path }) => path).sort()).toEqual(['/v1/imports/posts', '/v1/stats'])
    expect(answers.map(({ status }) => status)).toEqual([403, 403])
  })
})
