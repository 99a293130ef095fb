import { request } from 'node:http'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { openApi, type OpenedApi } from './open-api.js'
import { exampleOf, type Operation, operationsOf } from './operations.js'

let api: OpenedApi
beforeAll(async () => (api = await openApi()), 60_000)
afterAll(() => api.close())

/** Sends the path as written, without the normalization that `fetch` applies. */
async function statusOf(method: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  const sent = request({ host: '127.0.0.1', port: new URL(api.url).port, method, path, headers, agent: false })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'close')
  return response.statusCode!
}

const tricks: [name: string, of: (path: string) => string][] = [
  ['as it is', (path) => path],
  ['an escaped letter', (path) => path.replace('m', '%6d').replace('p', '%70')],
  ['an escaped slash', (path) => `${path.slice(0, 3)}%2f${path.slice(4)}`],
  ['two slashes', (path) => `/${path}`],
  ['two slashes inside', (path) => path.replace('/v1/', '/v1//')],
  ['a slash at the end', (path) => `${path}/`],
  ['a matrix parameter', (path) => `${path};x=1`],
  ['upwards', (path) => `/docs/..%2f${path.slice(1)}`],
  ['upwards, unescaped', (path) => `/health/..${path}`],
  ['upper case', (path) => path.toUpperCase()],
  ['a NUL at the end', (path) => `${path}%00`],
  ['an extension', (path) => `${path}.json`],
  ['a bad escape', (path) => `${path}%E0%A4%A`],
]
const methods = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'POST']
const overrides = {
  'x-http-method-override': 'GET',
  'x-original-url': '/health/live',
  'x-rewrite-url': '/health/live',
  'x-forwarded-prefix': '/docs',
}

it('no form of a protected path or method gets in without a token', async () => {
  const pathOf = ({ path, parameters }: Operation) =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => String(exampleOf(parameters.find((parameter) => parameter.name === name)!.schema)))
  const operations = operationsOf(api.document)
  const paths = [...new Set(operations.filter(({ access }) => access !== 'anyone').map(pathOf))]
  const open = new Set(operations.filter(({ access }) => access === 'anyone').map((operation) => `${operation.method} ${pathOf(operation)}`))
  const wrong: string[] = []
  let asked = 0
  for (const path of paths) {
    for (const [name, of] of tricks) {
      for (const method of methods) {
        if (open.has(`${method.replace('HEAD', 'GET')} ${path}`)) continue
        const status = await statusOf(method, of(path), asked % 2 === 0 ? overrides : {})
        asked += 1
        if (![401, 403, 404, 405].includes(status)) wrong.push(`${method} ${of(path)} (${name}): ${status}`)
      }
    }
  }
  expect(wrong).toEqual([])
  expect(asked).toBeGreaterThan(600)
})

it('internal routes do not exist on the public port', async () => {
  const inside = [
    '/metrics',
    '/mail',
    '/mail.json',
    '/accounts/promotions',
    '/accounts/deletions',
    '/queues',
    '/admin',
    '/.env',
    '/.git/config',
    '/debug/pprof',
    '/console',
  ]
  expect(await Promise.all(inside.map((path) => statusOf('GET', path)))).toEqual(inside.map(() => 404))
})
