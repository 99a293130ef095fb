import { createConfig, lintFromString } from '@redocly/openapi-core'
import { AnswerChecker } from './answer-checker.js'
import { openApi, type OpenedApi } from './open-api.js'
import { operationsOf } from './operations.js'

let api: OpenedApi
beforeAll(async () => (api = await openApi()), 60_000)
afterAll(() => api.close())

type Node = Record<string, unknown>
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** All parts of the file with their paths. */
function* partsOf(value: unknown, path: string): Generator<[path: string, part: Node]> {
  if (!isNode(value)) return
  yield [path, value]
  for (const [name, inner] of Object.entries(value)) yield* partsOf(inner, `${path}/${name}`)
}

describe('the OpenAPI file of the API', () => {
  it("passes Redocly's recommended rules", async () => {
    const { text } = await api.ask({ path: '/openapi.json' })
    const config = await createConfig({ extends: ['recommended'] })
    const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config })
    expect(problems.map(({ severity, ruleId, message, location }) => [severity, ruleId, message, location[0]?.pointer])).toEqual([])
  })

  it('names every object, each differently', () => {
    const { schemas } = api.document['components'] as { schemas: Record<string, Node> }
    const unnamed = [...partsOf(api.document.paths, ''), ...Object.entries(schemas).flatMap(([name, schema]) => [...partsOf(schema, name)].slice(1))]
      .filter(([path, part]) => isNode(part['properties']) && !path.includes('/allOf/') && !path.endsWith('/properties'))
      .map(([path]) => path)
    expect(unnamed).toEqual([])
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining([
        ...['Problem', 'Post', 'PostSummary', 'PostPage', 'PostDraft', 'PostChange', 'Session', 'Me', 'Registration', 'Credentials'],
        ...[
          'Media',
          'Rendition',
          'Notification',
          'NotificationPage',
          'Preferences',
          'SearchHit',
          'SearchPage',
          'EventBatch',
          'TrackedEvent',
          'Stats',
        ],
      ]),
    )
    const bodies = Object.values(schemas).map((schema) => JSON.stringify({ ...schema, description: undefined }))
    expect(bodies.filter((body, index) => bodies.indexOf(body) !== index)).toEqual([])
  })

  it('accepts no change without content', () => {
    const changes = operationsOf(api.document).filter(({ method }) => method === 'PATCH')
    expect(changes.length).toBeGreaterThan(1)
    const empty = changes.filter(({ body }) => body!.required === undefined && body!.minProperties === undefined)
    expect(empty.map(({ name }) => name)).toEqual([])
  })

  it('describes the form of a key wherever one is accepted', () => {
    const keys = operationsOf(api.document).flatMap(({ parameters }) => parameters.filter(({ name }) => name === 'Idempotency-Key'))
    expect(keys.length).toBeGreaterThan(3)
    for (const { schema } of keys) {
      const form = new RegExp(schema.pattern!)
      expect([schema.minLength, schema.maxLength]).toEqual([1, 255])
      expect(['k', 'a b', '~!'].every((key) => form.test(key)) && ['', ' a', 'a ', 'ä', 'a\tb'].every((key) => !form.test(key))).toBe(true)
    }
  })

  it('describes bytes as bytes, with their types', () => {
    const rendition = operationsOf(api.document).find(({ path }) => path.endsWith('/{rendition}'))!
    for (const status of ['200', '206']) {
      const content = rendition.responses[status]!.content!
      expect(Object.keys(content)).toEqual(['image/webp', 'image/avif', 'image/jpeg'])
      for (const { schema } of Object.values(content)) expect(schema).toEqual({ type: 'string', format: 'binary' })
    }
  })

  it('describes its own route', async () => {
    const checker = new AnswerChecker(api.document)
    for (const operation of operationsOf(api.document).filter(({ path }) => /^\/(docs|openapi|health|\.well)/.test(path))) {
      const path = operation.path.replace('{asset}', 'start.js')
      expect(checker.problems(operation, await api.ask({ path }))).toEqual([])
    }
  })
})
