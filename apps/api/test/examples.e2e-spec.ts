import { eventually } from '@kilomega/testing'
import sharp from 'sharp'
import { AnswerChecker } from './answer-checker.js'
import { type TestRequest, openApi, type OpenedApi, operatorToken } from './open-api.js'
import { requestOf, exampleOf, missingId, type Operation, operationsOf, parameterExampleOf, wholeExampleOf } from './operations.js'

let api: OpenedApi
let operations: Map<string, Operation>
beforeAll(async () => {
  api = await openApi()
  operations = new Map(operationsOf(api.document).map((operation) => [operation.name, operation]))
  await signIn()
}, 60_000)
afterAll(() => api.close())

interface Tokens {
  accessToken: string
  refreshToken: string
}

/** Values that cannot be in a file: tokens from mails and answers, and ids of existing resources. */
const known = { token: '', session: { accessToken: '', refreshToken: '' } as Tokens, post: '', picture: '', notice: '' }

/** Sent at the end of all. */
const deletion = 'DELETE /v1/me'

const operationOf = (name: string): Operation => operations.get(name)!

/** Sends the example of an operation with all optional fields; values that cannot be in a file are replaced by existing ones. */
function ask(name: string, changes: Partial<TestRequest> = {}, body: object = {}) {
  const operation = operationOf(name)
  const request = requestOf(operation)
  const token = operation.access === 'admin' ? operatorToken : known.session.accessToken
  const json = operation.body === undefined ? undefined : { ...(wholeExampleOf(operation.body) as object), ...body }
  return api.ask({ ...request, ...(token !== '' && { token }), ...(json && { json }), ...changes })
}

async function mailed(): Promise<string> {
  const { email } = exampleOf(operationOf('POST /v1/accounts').body!) as { email: string }
  return eventually(async () => {
    const { json } = await api.ask({ path: `/mail.json?to=${email}` }, api.internalUrl)
    const token = /token=([\w.~-]{20,200})/.exec((json as { items: { text: string }[] }).items[0]!.text)![1]!
    expect(token).not.toBe(known.token)
    return (known.token = token)
  }, 20_000)
}

async function signIn(): Promise<void> {
  expect((await ask('POST /v1/accounts')).status).toBe(202)
  expect((await ask('POST /v1/accounts/verifications', {}, { token: await mailed() })).status).toBe(204)
  const { status, json } = await ask('POST /v1/sessions')
  expect(status).toBe(201)
  known.session = json as Tokens
}

async function upload(): Promise<string> {
  const bytes = await sharp({ create: { width: 2_000, height: 1_000, channels: 3, background: '#3366cc' } })
    .png()
    .toBuffer()
  const body = new FormData()
  body.set('file', new Blob([new Uint8Array(bytes)]), 'blue.png')
  const { json } = await api.ask({ method: 'POST', path: '/v1/media', token: known.session.accessToken, body })
  const { id } = json as { id: string }
  await eventually(async () => {
    expect((await ask('GET /v1/media/{id}', { path: `/v1/media/${id}` })).json).toMatchObject({ status: 'ready' })
  }, 20_000)
  return id
}

/** The query of an operation with all optional parameters, except the cursor, which comes from an answer. */
function wholeQuery({ path, parameters }: Operation): string {
  const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.name !== 'cursor')
  return `${path}?${query.map((parameter) => `${parameter.name}=${encodeURIComponent(String(parameterExampleOf(parameter)))}`).join('&')}`
}

it('every example in the OpenAPI file succeeds', async () => {
  const post = await ask('POST /v1/posts')
  known.post = (post.json as { id: string }).id
  known.picture = await upload()
  known.notice = ((await ask('GET /v1/notifications')).json as { items: { id: string }[] }).items[0]!.id
  const ids: Record<string, string> = { posts: known.post, media: known.picture, notifications: known.notice }
  const tokens: Record<string, () => Promise<object> | object> = {
    'POST /v1/password-resets/completions': async () => ({ token: await mailed() }),
    'POST /v1/sessions/refresh': () => ({ refreshToken: known.session.refreshToken }),
  }
  const resets = ['POST /v1/password-resets', 'POST /v1/password-resets/completions']
  const sentElsewhere = ['POST /v1/accounts/verifications', 'POST /v1/media', deletion]
  const last = ['DELETE /v1/posts/{id}', 'DELETE /v1/media/{id}', 'DELETE /v1/sessions/current', ...resets]
  const names = [...operations.keys()].filter((name) => !sentElsewhere.includes(name) && !last.includes(name))
  const checker = new AnswerChecker(api.document)
  const wrong: string[] = []
  for (const name of [...names, ...last]) {
    const operation = operationOf(name)
    const request = requestOf(operation)
    const etag = async () => (await api.ask({ path: `/v1/posts/${known.post}`, token: known.session.accessToken })).headers.get('etag')
    const headers = { ...request.headers, ...('If-Match' in request.headers! && { 'If-Match': (await etag())! }) }
    const place = (path: string) => path.replace(missingId, ids[operation.path.split('/')[2]!] ?? missingId)
    const paths = operation.path.includes('{') ? [place(request.path)] : [request.path, wholeQuery(operation)]
    for (const path of new Set(paths)) {
      const answer = await ask(name, { path, headers, ...(resets.includes(name) && { token: '' }) }, await tokens[name]?.())
      if (answer.status >= 300) wrong.push(`${name} ${path}: ${answer.status} ${answer.text}`)
      wrong.push(...checker.problems(operation, answer).map((problem) => `${name}: ${problem}`))
      if (operation.method !== 'GET') break
    }
  }
  expect(wrong).toEqual([])
  expect(names.length + last.length).toBeGreaterThan(25)
}, 60_000)

it('a body with only its required fields is accepted', async () => {
  known.session = { accessToken: '', refreshToken: '' }
  const { json } = await ask('POST /v1/sessions')
  known.session = json as Tokens
  const wrong: string[] = []
  for (const name of [
    'POST /v1/posts',
    'POST /v1/events',
    'POST /v1/imports/posts',
    'PATCH /v1/me',
    'PUT /v1/notification-preferences',
    'PUT /v1/me/password',
  ]) {
    const answer = await ask(name, { json: exampleOf(operationOf(name).body!) })
    if (answer.status >= 300) wrong.push(`${name}: ${answer.status} ${answer.text}`)
  }
  expect(wrong).toEqual([])
})

it('an account ends as its example says, and signs in no more', async () => {
  const answer = await ask(deletion)
  expect(answer).toMatchObject({ status: 204 })
  expect(new AnswerChecker(api.document).problems(operationOf(deletion), answer)).toEqual([])
  expect((await ask(deletion)).status).toBe(401)
  known.session = { accessToken: '', refreshToken: '' }
  expect((await ask('POST /v1/sessions')).status).toBe(401)
})
