// What `km tour` does, by a client whose types come from the OpenAPI file alone: no cast, no type of ours. Compiled and run by a test.
import { setTimeout as wait } from 'node:timers/promises'
import createClient from 'openapi-fetch'
import type { components, paths } from './api.js'

const [, , baseUrl = '', internalUrl = '', operatorToken = '', newIds = ''] = process.argv
const eventIds = newIds.split(',')
const email = `walk-${Date.now()}@example.org`
const password = 'a long and salty password'
const api = createClient<paths>({ baseUrl })
const stops: string[] = []

/** The answer, where it has the status; else what it says instead. */
async function ask<T>(what: string, status: number, call: () => Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call()
  if (response.status !== status) throw new Error(`${what}: ${response.status} ${JSON.stringify(error)}, expected ${status}`)
  stops.push(what)
  return data as T
}

/** What follows a commit takes its time. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await look()
    if (found !== undefined) return found
    await wait(100)
  }
  throw new Error(`nothing came after ${stops.at(-1)}`)
}

await ask('register', 202, () => api.POST('/v1/accounts', { body: { email, password, name: 'Ada Walker' } }))
const token = await eventually(async () => {
  const text = await (await fetch(`${internalUrl}/mail.json?to=${email}`)).text()
  return /token=([\w.~-]{20,200})/.exec(text)?.[1]
})
await ask('verify', 204, () => api.POST('/v1/accounts/verifications', { body: { token } }))
const session = await ask('log in', 201, () => api.POST('/v1/sessions', { body: { email, password } }))
api.use({ onRequest: ({ request }) => request.headers.set('authorization', `Bearer ${session.accessToken}`) })

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const form = new FormData()
form.set('alt', 'One pixel')
form.set('file', new Blob([Uint8Array.from(atob(png), (one) => one.charCodeAt(0))], { type: 'image/png' }), 'pixel.png')
const uploaded = await ask('upload', 202, () => api.POST('/v1/media', { body: { alt: 'One pixel', file: png }, bodySerializer: () => form }))
const media = await eventually(async () => {
  const { data } = await api.GET('/v1/media/{id}', { params: { path: { id: uploaded.id } } })
  return data?.status === 'ready' ? data : undefined
})

const draft: components['schemas']['PostDraft'] = {
  title: 'A walk along the quay',
  body: 'The *lanterns* were lit.',
  category: 'travel',
  tags: ['quay'],
  mediaIds: [media.id],
}
const idempotencyKey = crypto.randomUUID()
const header = { 'Idempotency-Key': idempotencyKey }
const post = await ask('write', 201, () => api.POST('/v1/posts', { body: draft, params: { header } }))
const again = await ask('write again under the same key', 201, () => api.POST('/v1/posts', { body: draft, params: { header } }))
if (again.id !== post.id) throw new Error('a repeat made another post')
const byId = { params: { path: { id: post.id } } }
const published = await ask('publish', 200, () => api.POST('/v1/posts/{id}/publish', byId))
const status: 'draft' | 'published' = published.status
if (status !== 'published') throw new Error(`the post is ${status}`)

await eventually(async () => {
  const { data } = await api.GET('/v1/search', { params: { query: { q: 'lantrens', author: published.authorId } } })
  return data?.items.find(({ id }) => id === post.id)
})
stops.push('find with a typo')
const read = await ask('read', 200, () => api.GET('/v1/posts/{id}', byId))
const { title } = await ask('change', 200, () =>
  api.PATCH('/v1/posts/{id}', { body: { title: 'A longer walk' }, params: { ...byId.params, header: { 'If-Match': `"${read.version}"` } } }),
)
if (title !== 'A longer walk') throw new Error(`its title is ${title}`)

const events = eventIds.map((id) => ({ id, name: 'walk.taken', occurredAt: new Date().toISOString() }))
const tracked = await ask('send events', 202, () => api.POST('/v1/events', { body: { events } }))
if (tracked.accepted !== events.length) throw new Error(`${tracked.accepted} events were accepted`)
const [from, to] = [new Date(Date.now() - 3_600_000).toISOString(), new Date(Date.now() + 3_600_000).toISOString()]
await ask('read statistics', 200, () =>
  createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${operatorToken}` } }).GET('/v1/stats', {
    params: { query: { name: 'walk.taken', from, to, interval: 'hour' } },
  }),
)
await eventually(async () => {
  const { data } = await api.GET('/v1/notifications')
  return data?.items.find(({ type }) => type === 'media-ready')
})
stops.push('read the inbox')

const refused = await api.GET('/v1/posts/{id}', { params: { path: { id: eventIds[0]! } } })
if (refused.error?.code !== 'NOT_FOUND') throw new Error(`a post that is not there is ${refused.error?.code}`)
await ask('log out', 204, () => api.DELETE('/v1/sessions/current'))
process.stdout.write(JSON.stringify(stops))
