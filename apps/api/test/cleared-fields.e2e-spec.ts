import { openApi, type OpenedApi } from './open-api.js'
import { exampleOf, type Operation, operationsOf, type Schema } from './operations.js'

let api: OpenedApi
let ada: string
beforeAll(async () => {
  api = await openApi()
  ada = await api.signUp('ada')
}, 60_000)
afterAll(() => api.close())

interface Clearing {
  name: string
  create: Operation
  change: Operation
}

/** Every field of a PATCH that is optional when the resource is created. */
function clearings(): Clearing[] {
  const operations = operationsOf(api.document)
  return operations
    .filter(({ method }) => method === 'PATCH')
    .flatMap((change) => {
      const create = operations.find(({ method, path }) => method === 'POST' && change.path === `${path}/{id}`)
      const optional = Object.keys(create?.body?.properties ?? {}).filter((name) => !create!.body!.required!.includes(name))
      return optional.map((name) => ({ name, create: create!, change }))
    })
}

/** A valid value for a field that exists: a picture has to belong to the caller. */
const given = (name: string, schema: Schema): unknown => (name === 'mediaIds' ? [] : exampleOf(schema))

it('every optional field can be cleared with null', async () => {
  const all = clearings()
  expect(all.map(({ name }) => name).sort()).toEqual(['category', 'mediaIds', 'tags'])
  for (const { name, create, change } of all) {
    const json = { ...(exampleOf(create.body!) as object), [name]: given(name, create.body!.properties![name]!) }
    const bare = (await api.ask({ method: 'POST', path: create.path, token: ada, json: exampleOf(create.body!) })).json as Record<string, unknown>
    const made = await api.ask({ method: 'POST', path: create.path, token: ada, json })
    const path = `${create.path}/${(made.json as { id: string }).id}`
    const headers = { 'if-match': made.headers.get('etag')! }
    const cleared = await api.ask({ method: change.method, path, token: ada, json: { [name]: null }, headers })
    expect([name, cleared.status, (cleared.json as Record<string, unknown>)[name]]).toEqual([name, 200, bare[name]])
    expect((await api.ask({ path, token: ada })).json).toEqual(cleared.json)
  }
})

it('a required field cannot', async () => {
  const { json, headers } = await api.ask({ method: 'POST', path: '/v1/posts', token: ada, json: { title: 'a', body: 'b' } })
  for (const name of ['title', 'body']) {
    const request = { method: 'PATCH', path: `/v1/posts/${(json as { id: string }).id}`, token: ada, headers: { 'if-match': headers.get('etag')! } }
    expect((await api.ask({ ...request, json: { [name]: null } })).json).toMatchObject({ status: 400, errors: [{ path: name }] })
  }
})
