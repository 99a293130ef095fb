import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Components } from './openapi-components.js'
import { operationOf } from './openapi-operation.js'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { openSmallApp, type OpenedApp } from '../test/small-app.js'
import { OpenApi } from './index.js'

let opened: OpenedApp
beforeAll(async () => (opened = await openSmallApp()))
afterAll(() => opened.app.close())

describe('the OpenAPI file', () => {
  it("has no problem under Redocly's recommended rules", async () => {
    const { body } = await opened.app.inject({ url: '/openapi.json' })
    const config = await createConfig({ extends: ['recommended'] })
    const problems = await lintFromString({ source: body, absoluteRef: 'openapi.json', config })
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([])
  })

  it('lists every route of the public port and no other', () => {
    const paths = Object.keys(opened.app.get(OpenApi).document().paths).sort()
    expect(paths).toEqual([
      '/docs',
      '/docs/{asset}',
      '/health/live',
      '/health/ready',
      '/openapi.json',
      '/v1/call',
      '/v1/fault',
      '/v1/files',
      '/v1/kept',
      '/v1/notes',
      '/v1/notes/{id}',
      '/v1/sessions',
    ])
  })

  it('says who may call, and what is refused with which code', () => {
    const { delete: remove, get } = opened.app.get(OpenApi).document().paths['/v1/notes/{id}'] as Record<string, Record<string, unknown>>
    expect(remove).toMatchObject({ operationId: 'notes.remove', security: [{ bearer: [] }], responses: { 204: {}, 403: {}, 428: {} } })
    expect(get).toMatchObject({ security: [{}, { bearer: [] }], responses: { 200: {}, 404: {} } })
  })
})

describe('what the page fills in automatically', () => {
  const Query = z.object({
    q: z.string().meta({ example: 'x' }),
    author: z.uuid().meta({ example: 'y' }).optional(),
    limit: z.int().default(20).meta({ example: 20 }),
  })
  const route = {
    method: 'GET',
    path: '/x',
    access: 'user',
    summary: 'x',
    query: Query,
    tag: 't',
    operation: 'o',
    listeners: ['public'],
    status: 200,
  }
  const operation = operationOf(route as never, new Components())

  it('is no optional field: their examples are in the description', () => {
    const [q, author, limit] = operation['parameters'] as { name: string; description?: string; schema: object }[]
    expect(q).toMatchObject({ name: 'q', schema: { example: 'x' } })
    expect(author).toMatchObject({ name: 'author', description: 'For example y' })
    expect(author!.schema).not.toHaveProperty('example')
    expect(limit!.schema).toMatchObject({ default: 20 })
  })

  it('gives the version of the product', () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8')) as { version: string }
    expect(opened.app.get(OpenApi).document()['info']).toMatchObject({ version })
  })
})

describe('the documentation page', () => {
  it('fits phones, follows the colours of its reader, and shows a closed lock where a token is needed', async () => {
    expect((await opened.app.inject({ url: '/docs' })).body).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">')
    expect((await opened.app.inject({ url: '/docs/start.js' })).body).toContain('authorizeOperationBtn: turned')
    expect((await opened.app.inject({ url: '/docs/page.css' })).body).toContain('@media (max-width: 640px)')
  })

  it('consists of our own files only', async () => {
    const page = await opened.app.inject({ url: '/docs' })
    const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!)
    expect(loaded.filter((url) => url !== 'data:,')).toHaveLength(4)
    for (const url of loaded.filter((url) => url !== 'data:,')) expect((await opened.app.inject({ url })).statusCode).toBe(200)
    expect(page.headers['content-security-policy']).toContain("script-src 'self'")
  })
})
