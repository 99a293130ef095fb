import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { withIdentifiers } from '@kilomega/database'
import { eventually } from '@kilomega/testing'
import { Client } from 'pg'
import sharp from 'sharp'
import { v7 as uuidv7 } from 'uuid'
import { openApi, type OpenedApi, operatorToken } from './open-api.js'

const [name, address] = ['leaver', 'leaver@example.org']
const password = `the long password of ${name}`

/**
 * Tables that may contain an account's id for some time after its deletion, because their rows are removed by age: past events and jobs (`RELAY_KEEP_DAYS`), answers
 * for repeats, and scheduled jobs.
 */
const forgetsByAge = /^(\w+\.(outbox|command_receipt)\w*|platform\.idempotency|bullmq\.\w+)$/

const tables = `
  SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
  WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`

const lineWith = 'SELECT FROM %I.%I AS line WHERE strpos(lower(line::text), $1) > 0 LIMIT 1'

let api: OpenedApi
let database: Client
let token: string
let id: string
beforeAll(async () => {
  api = await openApi()
  database = new Client({ connectionString: api.databaseUrl })
  await database.connect()
  token = await api.signUp(name)
  id = ((await api.ask({ path: '/v1/me', token })).json as { id: string }).id
}, 180_000)
afterAll(async () => {
  await database.end()
  await api.close()
})

/** Every table with a row that contains the text, in a column of any name and type. */
async function tablesWith(text: string): Promise<string[]> {
  const { rows } = await database.query<{ schema: string; name: string }>(tables)
  const found: string[] = []
  for (const { schema, name: table } of rows) {
    const { rowCount } = await database.query(withIdentifiers(lineWith, schema, table), [text])
    if (rowCount !== 0) found.push(`${schema}.${table}`)
  }
  return found
}

const kept = async (text: string) => (await tablesWith(text)).filter((table) => !forgetsByAge.test(table))
const as = (method: string, path: string, json?: object) => api.ask({ method, path, token, json })
const idOf = async (answer: Promise<{ json: unknown }>) => ((await answer).json as { id: string }).id

async function upload(): Promise<string> {
  const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#3366cc' } })
    .png()
    .toBuffer()
  const body = new FormData()
  body.set('file', new Blob([new Uint8Array(bytes)]), 'blue.png')
  const picture = await idOf(api.ask({ method: 'POST', path: '/v1/media', token, body }))
  await eventually(async () => expect((await as('GET', `/v1/media/${picture}`)).json).toMatchObject({ status: 'ready' }), 30_000)
  return picture
}

const filesOf = (picture: string) => readdir(join(api.folder, 'media', picture)).catch(() => [])
const found = async () => ((await api.ask({ path: '/v1/search?q=weaving' })).json as { items: { id: string }[] }).items

/** Uses every part of the product, so that every module stores something. */
async function useEverything(): Promise<{ picture: string; post: string }> {
  const picture = await upload()
  const post = await idOf(as('POST', '/v1/posts', { title: 'On weaving', body: 'Engines', tags: ['looms'], mediaIds: [picture] }))
  await as('POST', `/v1/posts/${post}/publish`)
  await as('POST', '/v1/posts', { title: 'A draft', body: '' })
  const removed = (await as('POST', '/v1/posts', { title: 'Soon gone', body: '' })).json as { id: string }
  await api.ask({ method: 'DELETE', path: `/v1/posts/${removed.id}`, token, headers: { 'if-match': '"1"' } })
  await as('PUT', '/v1/notification-preferences', {
    ...{ welcome: { email: true, inApp: true }, 'media-ready': { email: true, inApp: true }, 'media-failed': { email: true, inApp: true } },
  })
  await upload()
  const event = { id: uuidv7(), name: 'page.viewed', occurredAt: new Date().toISOString() }
  expect((await as('POST', '/v1/events', { events: [event] })).status).toBe(202)
  await eventually(async () => expect(await found()).toHaveLength(1), 30_000)
  await eventually(async () => {
    const { json } = await api.ask({ path: `/mail.json?to=${address}` }, api.internalUrl)
    expect((json as { items: unknown[] }).items).toHaveLength(3)
  }, 30_000)
  return { picture, post }
}

describe('a user who deletes their own account', () => {
  it('leaves nothing behind in any table, in the object store or in the search, and may register again with the same address', async () => {
    const { picture, post } = await useEverything()
    const everywhere = ['analytics.event', 'content.post', 'identity.account', 'identity.session', 'media.media', 'media.published_post']
    const heldBefore = await kept(id)
    expect(heldBefore).toEqual(
      expect.arrayContaining([...everywhere, ...['mail', 'notification', 'preference'].map((table) => `notifications.${table}`)]),
    )
    expect(heldBefore).toContain('search.document')
    expect(await kept(address)).toEqual(['identity.account', 'notifications.captured_mail'])

    expect((await as('DELETE', '/v1/me', { password: 'not the one' })).status).toBe(401)
    expect((await as('DELETE', '/v1/me', { password })).status).toBe(204)
    expect((await as('GET', '/v1/me')).status).toBe(401)
    await eventually(async () => expect(await kept(id)).toEqual([]), 60_000)
    expect(await kept(address)).toEqual([])
    await eventually(async () => expect(await filesOf(picture)).toEqual([]), 30_000)
    await eventually(async () => expect(await found()).toEqual([]), 30_000)
    for (const path of [`/v1/posts/${post}`, `/v1/media/${picture}`]) expect((await api.ask({ path })).status).toBe(404)

    token = await api.signUp(name)
    const me = (await as('GET', '/v1/me')).json as { id: string }
    expect(me.id).not.toBe(id)
    expect((await as('GET', '/v1/posts?mine=true')).json).toMatchObject({ items: [] })
  }, 180_000)

  it('is signed out at once if an operator disables or deletes the account, and cannot sign in', async () => {
    const post = (path: string, json: object) => api.ask({ method: 'POST', path, token: operatorToken, json }, api.internalUrl)
    const signIn = () => api.ask({ method: 'POST', path: '/v1/sessions', json: { email: address, password } })
    const wrong = await api.ask({ method: 'POST', path: '/v1/sessions', json: { email: address, password: 'wrong' } })
    expect(await post('/accounts/disablements', { email: address })).toMatchObject({
      status: 200,
      json: { email: address, disabledAt: expect.stringMatching(/Z$/) as string },
    })
    expect((await as('GET', '/v1/me')).json).toMatchObject({ status: 401, code: 'SESSION_ENDED' })
    const { requestId: _, ...refusal } = (await signIn()).json as { requestId: string }
    expect(wrong.json).toMatchObject(refusal)
    expect(await post('/accounts/enablements', { email: address })).toMatchObject({ status: 200, json: { disabledAt: null } })
    token = ((await signIn()).json as { accessToken: string }).accessToken
    expect((await as('GET', '/v1/me')).status).toBe(200)
    expect(await post('/accounts/deletions', { email: address })).toMatchObject({ status: 204 })
    expect((await as('GET', '/v1/me')).json).toMatchObject({ status: 401, code: 'SESSION_ENDED' })
    expect(await post('/accounts/deletions', { email: address })).toMatchObject({ status: 404 })
    expect(await post('/accounts/demotions', { email: 'operator@localhost.localdomain' })).toMatchObject({
      status: 409,
      json: { code: 'OPERATOR_ACCOUNT' },
    })
  })
})
