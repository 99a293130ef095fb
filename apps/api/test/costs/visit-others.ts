import { v7 as id } from 'uuid'
import { operatorToken } from '../open-api.js'
import { longestAlt, rows, type SeededApi } from './seeded-api.js'
import { byAda, byAnyone, byOperator, type Visit } from './visits.js'

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString()

/** A day of last month, or one before it: the plan of a query over some days must not depend on today. */
function lastMonth(day: number): string {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, day)).toISOString()
}

function picture(): FormData {
  const form = new FormData()
  form.set('alt', longestAlt)
  form.set('file', new Blob([Buffer.from('R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')]), 'pixel.gif')
  return form
}

/** Its head is that of a picture; making its renditions fails. */
function brokenPicture(): FormData {
  const form = new FormData()
  const head = Buffer.from('R0lGODlhQABAAIAAAP///wAAACwAAAAAQABAAAAC', 'base64')
  form.set('file', new Blob([head]), 'broken.gif')
  return form
}

const events = () => Array.from({ length: rows }, (_, at) => ({ id: id(), name: `page.viewed-${at}`, occurredAt: daysAgo(0), properties: { at } }))

const unread = (world: SeededApi) => world.prepare<{ items: { id: string }[] }>({ path: '/v1/notifications?limit=1', token: world.ada })
const choice = { email: true, inApp: true }
const preferences = { welcome: choice, 'media-ready': choice, 'media-failed': choice }

export const mediaVisits: Visit[] = [
  byAda('POST /v1/media', () => ({ body: picture() })),
  byAda('POST /v1/media', () => ({ body: brokenPicture() })),
  byAda('GET /v1/media/:id', ({ mediaIds }) => ({ path: `/v1/media/${mediaIds[0]}` })),
  byAnyone('GET /v1/media/:id', ({ mediaIds }) => ({ path: `/v1/media/${mediaIds[0]}` })),
  byAda('GET /v1/media/:id/:rendition', ({ mediaIds }) => ({ path: `/v1/media/${mediaIds[0]}/webp-1600` })),
  byAda('DELETE /v1/media/:id', async (world) => ({ path: `/v1/media/${await world.upload(3)}` })),
]

export const searchVisits: Visit[] = [
  byAnyone('GET /v1/search', { path: `/v1/search?q=engine&limit=${rows}&facets=category,tag` }),
  byAnyone('GET /v1/search', { path: `/v1/search?q=enigne+paterns&limit=${rows}&sort=newest&facets=category,tag` }),
  byAnyone('GET /v1/search', { path: `/v1/search?q=engine&limit=${rows}&category=history&tag=weaving&from=${daysAgo(9)}&to=${daysAgo(-1)}` }),
  byAnyone('GET /v1/search', async (world) => {
    const { nextCursor } = await world.prepare<{ nextCursor: string }>({ path: '/v1/search?q=engine&limit=10' })
    return { path: `/v1/search?q=engine&limit=10&cursor=${nextCursor}` }
  }),
]

export const notificationsVisits: Visit[] = [
  byAda('GET /v1/notifications', { path: `/v1/notifications?limit=${rows}` }),
  byAda('GET /v1/notifications', async (world) => {
    const { nextCursor } = await world.prepare<{ nextCursor: string }>({ path: '/v1/notifications?limit=10', token: world.ada })
    return { path: `/v1/notifications?limit=10&cursor=${nextCursor}` }
  }),
  byAda('GET /v1/notifications/unread-count'),
  byAda('POST /v1/notifications/:id/read', async (world) => ({ path: `/v1/notifications/${(await unread(world)).items[0]!.id}/read` })),
  byAda('POST /v1/notifications/read-all'),
  byAda('GET /v1/notification-preferences'),
  byAda('PUT /v1/notification-preferences', { json: preferences }),
  byAnyone('GET /unsubscribe', async (world) => ({ path: `/unsubscribe?token=${await world.tokenFor('ada@example.org', 'unsubscribe')}` })),
  byAnyone('POST /unsubscribe', async (world) => ({
    path: `/unsubscribe?token=${await world.tokenFor('ada@example.org', 'unsubscribe')}`,
    body: 'List-Unsubscribe=One-Click',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })),
  byOperator('GET /mail.json', { path: `/mail.json?limit=${rows}` }),
  byOperator('GET /mail.json', { path: `/mail.json?limit=${rows}&to=ada@example.org` }),
  byOperator('GET /mail', { path: `/mail?limit=${rows}` }),
]

export const analyticsVisits: Visit[] = [
  byAnyone('POST /v1/events', () => ({ json: { anonymousId: 'a visitor', events: events() } })),
  byAda('POST /v1/events', () => ({ json: { events: events() } })),
  byAnyone('GET /v1/stats', { token: operatorToken, path: `/v1/stats?from=${lastMonth(10)}&to=${lastMonth(13)}&interval=hour` }),
  byAnyone('GET /v1/stats', { token: operatorToken, path: `/v1/stats?from=${lastMonth(28 - 399)}&to=${lastMonth(28)}&interval=day` }),
  byAnyone('GET /v1/stats', { token: operatorToken, path: `/v1/stats?name=page.viewed-1&from=${lastMonth(1)}&to=${lastMonth(28)}&interval=day` }),
]

const subscriber = 'search.gone:content.post-published'
const queue = '/operations/queues/media.sweep-uploads'
const span = () => ({ from: daysAgo(1), to: daysAgo(-1) })

export const operationsVisits: Visit[] = [
  byOperator('GET /operations/queues'),
  byOperator('POST /operations/queues/:name/pause', { path: `${queue}/pause` }),
  byOperator('POST /operations/queues/:name/resume', { path: `${queue}/resume` }),
  byOperator('GET /operations/dead-letters', { path: `/operations/dead-letters?limit=${rows}` }),
  byOperator('POST /operations/dead-letters/retries', { json: { subscriber, code: 'NOTHING' } }),
  byOperator('POST /operations/dead-letters/removals', { json: { subscriber } }),
  byOperator('GET /operations/lags'),
  byOperator('GET /operations/subscribers'),
  byOperator('POST /operations/replays/counts', () => ({ json: { ...span(), schema: 'content' } })),
  byOperator('POST /operations/replays', () => ({ json: { ...span(), schema: 'content' } })),
  byOperator('POST /operations/replays', () => ({ json: { ...span(), eventName: 'content.nothing' } })),
  byOperator('POST /operations/subscribers/removals', { json: { subscriber } }),
  byOperator('GET /operations/database'),
]

export const platformVisits: Visit[] = [
  byAnyone('GET /health/live'),
  byAnyone('GET /health/ready'),
  byOperator('GET /health/ready', { path: '/health/ready?details' }),
  byOperator('GET /metrics'),
  byAnyone('GET /openapi.json'),
  byAnyone('GET /docs'),
  ...['swagger-ui.css', 'swagger-ui-bundle.js', 'page.css', 'start.js'].map((asset) => byAnyone('GET /docs/:asset', { path: `/docs/${asset}` })),
]
