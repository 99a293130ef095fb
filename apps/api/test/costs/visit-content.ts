import { operatorToken } from '../open-api.js'
import { documents, rows, type SeededApi } from './seeded-api.js'
import { byAda, byAnyone, type Visit } from './visits.js'

/** As long as a post may be, because one that is longer than its route expects should be a surprise. */
const tags = Array.from({ length: 64 }, (_, at) => `tag ${at}`)
const draft = { title: 'A walk', body: 'x'.repeat(65_536), category: 'history', tags }
const withMedia = ({ mediaIds }: SeededApi) => ({ ...draft, mediaIds })

const written = async (world: SeededApi): Promise<string> =>
  (await world.prepare<{ id: string }>({ method: 'POST', path: '/v1/posts', token: world.ada, json: withMedia(world) })).id

async function published(world: SeededApi): Promise<string> {
  const id = await written(world)
  await world.prepare({ method: 'POST', path: `/v1/posts/${id}/publish`, token: world.ada })
  return id
}

/** A post that the search has seen. */
async function imported(world: SeededApi) {
  const { items } = await world.prepare<{ items: { id: string }[] }>({ path: '/v1/search?q=engine&limit=1' })
  const path = `/v1/posts/${items[0]!.id}`
  const { version } = await world.prepare<{ version: number }>({ path })
  return { path, token: operatorToken, headers: { 'if-match': `"${version}"` } }
}

const ifFirst = { headers: { 'if-match': '"1"' } }
const ifSecond = { headers: { 'if-match': '"2"' } }

export const contentVisits: Visit[] = [
  byAda('POST /v1/posts', (world) => ({ json: withMedia(world) })),
  byAnyone('GET /v1/posts', { path: `/v1/posts?limit=${rows}` }),
  byAnyone('GET /v1/posts', { path: `/v1/posts?limit=${rows}&tag=weaving` }),
  byAnyone('GET /v1/posts', { path: `/v1/posts?limit=${rows}&category=history` }),
  byAda('GET /v1/posts', { path: `/v1/posts?limit=${rows}&mine=true` }),
  byAda('GET /v1/posts', async (world) => ({ path: `/v1/posts?limit=${rows}&author=${(await operator(world)).id}` })),
  byAda('GET /v1/posts', async (world) => {
    const { nextCursor } = await world.prepare<{ nextCursor: string }>({ path: '/v1/posts?limit=10' })
    return { path: `/v1/posts?limit=10&cursor=${nextCursor}` }
  }),
  byAda('GET /v1/posts/:id', async (world) => ({ path: `/v1/posts/${await written(world)}` })),
  byAnyone('GET /v1/posts/:id', async (world) => ({ path: `/v1/posts/${await published(world)}` })),
  byAda('PATCH /v1/posts/:id', async (world) => ({ path: `/v1/posts/${await written(world)}`, json: withMedia(world), ...ifFirst })),
  byAda('PATCH /v1/posts/:id', async (world) => ({
    path: `/v1/posts/${await published(world)}`,
    json: { ...withMedia(world), tags: ['new'] },
    ...ifSecond,
  })),
  byAda('POST /v1/posts/:id/publish', async (world) => ({ path: `/v1/posts/${await written(world)}/publish` })),
  byAda('POST /v1/posts/:id/publish', async (world) => ({ path: `/v1/posts/${await published(world)}/publish` })),
  byAda('DELETE /v1/posts/:id', async (world) => ({ path: `/v1/posts/${await written(world)}`, ...ifFirst })),
  byAda('DELETE /v1/posts/:id', async (world) => ({ path: `/v1/posts/${await published(world)}`, ...ifSecond })),
  byAda('PATCH /v1/posts/:id', async (world) => ({ ...(await imported(world)), json: { title: 'Another' } })),
  byAda('DELETE /v1/posts/:id', async (world) => imported(world)),
  byAda('POST /v1/imports/posts', { token: operatorToken, json: { documents: documents(1_000, rows) } }),
]

const operator = (world: SeededApi) => world.prepare<{ id: string }>({ path: '/v1/me', token: operatorToken })
