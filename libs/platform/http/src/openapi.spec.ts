import { createConfig, lintFromString } from '@redocly/openapi-core'
import { openSmallApp, type OpenedApp } from '../test/small-app.js'
import { OpenApi } from './index.js'

let opened: OpenedApp
beforeAll(async () => (opened = await openSmallApp()))
afterAll(() => opened.app.close())

describe('the OpenAPI file', () => {
  it('has no problem by the recommended rules of Redocly', async () => {
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

  it('says who may call, what is refused and by which code', () => {
    const { delete: remove, get } = opened.app.get(OpenApi).document().paths['/v1/notes/{id}'] as Record<string, Record<string, unknown>>
    expect(remove).toMatchObject({ operationId: 'notes.remove', security: [{ bearer: [] }], responses: { 204: {}, 403: {}, 428: {} } })
    expect(get).toMatchObject({ security: [{}, { bearer: [] }], responses: { 200: {}, 404: {} } })
  })
})

describe('the documentation page', () => {
  it('is made of files of ours only', async () => {
    const page = await opened.app.inject({ url: '/docs' })
    const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!)
    expect(loaded).toHaveLength(3)
    for (const url of loaded) expect((await opened.app.inject({ url })).statusCode).toBe(200)
    expect(page.headers['content-security-policy']).toContain("script-src 'self'")
  })
})
