import { createConfig, lintFromString } from '@redocly/openapi-core'
import { openApi, type OpenedApi } from './open-api.js'

let api: OpenedApi
beforeAll(async () => (api = await openApi()), 60_000)
afterAll(() => api.close())

it('the OpenAPI file of the API has no problem by the recommended rules of Redocly', async () => {
  const { text } = await api.ask({ path: '/openapi.json' })
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config })
  expect(problems.map(({ severity, ruleId, message, location }) => [severity, ruleId, message, location[0]?.pointer])).toEqual([])
})
