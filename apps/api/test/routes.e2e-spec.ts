import { AnswerChecker } from './answer-checker.js'
import { type Answer, type TestRequest, openApi, type OpenedApi, operatorToken } from './open-api.js'
import { requestOf, exampleOf, missingId, type Operation, operationsOf } from './operations.js'

let api: OpenedApi
let checker: AnswerChecker
let operations: Operation[]
const tokens = { anyone: '', user: '', admin: operatorToken }
const asked = { count: 0 }

beforeAll(async () => {
  api = await openApi({ HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '100000' })
  checker = new AnswerChecker(api.document)
  operations = operationsOf(api.document)
  tokens.user = await api.signUp('ada')
}, 60_000)
afterAll(() => api.close())

/** The maximum number of port calls per request: a route that needs more should get its own port operation. */
const maxPortCalls = 5

interface Case {
  what: string
  operation: Operation
  request: TestRequest
  status: number
  code: string
}

/** Sends all cases, and lists every answer that is not as expected or not as documented. */
async function wrongAnswers(cases: Case[]): Promise<string[]> {
  const wrong: string[] = []
  for (const { what, operation, request, status, code } of cases) {
    const answer = await api.ask(request)
    asked.count += 1
    const got = `${answer.status} ${(answer.json as { code?: string } | undefined)?.code}`
    if (got !== `${status} ${code}`) wrong.push(`${operation.name}, ${what}: ${got} instead of ${status} ${code} ${answer.text.slice(0, 200)}`)
    wrong.push(...faultsOf(operation, answer).map((fault) => `${operation.name}, ${what}: ${fault}`))
  }
  return wrong
}

const faultsOf = (operation: Operation, answer: Answer): string[] => [
  ...checker.problems(operation, answer),
  ...['x-request-id', 'x-content-type-options', 'content-security-policy', 'referrer-policy', 'cache-control']
    .filter((name) => !answer.headers.has(name))
    .map((name) => `no header ${name}`),
]

/** A valid request, by a caller with the needed rights. */
const fitting = (operation: Operation, changes: Partial<TestRequest> = {}): TestRequest => ({
  ...requestOf(operation),
  ...(tokens[operation.access] !== '' && { token: tokens[operation.access] }),
  ...changes,
})

const withQuery = (request: TestRequest, text: string): TestRequest => ({
  ...request,
  path: request.path + (request.path.includes('?') ? '&' : '?') + text,
})
const invalid = { status: 400, code: 'VALIDATION_FAILED' }
const each = (select: (operation: Operation) => boolean, make: (operation: Operation) => Omit<Case, 'operation'>[]) =>
  operations.filter(select).flatMap((operation) => make(operation).map((one) => ({ ...one, operation })))
const fieldsOf = ({ body }: Operation) => Object.entries(body?.properties ?? {})

describe('every route of the OpenAPI file', () => {
  it('requires a token where the file says so', async () => {
    const cases = each(
      ({ access }) => access !== 'anyone',
      (operation) => [{ what: 'no token', request: fitting(operation, { token: '' }), status: 401, code: 'UNAUTHENTICATED' }],
    )
    expect(cases.length).toBeGreaterThan(15)
    expect(await wrongAnswers(cases)).toEqual([])
  })

  it('refuses an invalid token, even where none is needed', async () => {
    const forged = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.'
    const cases = each(
      () => true,
      (operation) =>
        ['nonsense', forged].map((token) => ({ what: token, request: fitting(operation, { token }), status: 401, code: 'UNAUTHENTICATED' })),
    )
    expect(await wrongAnswers(cases)).toEqual([])
  })

  it('is closed to users if it is for admins', async () => {
    const cases = each(
      ({ access }) => access === 'admin',
      (operation) => [{ what: 'a user', request: fitting(operation, { token: tokens.user }), status: 403, code: 'FORBIDDEN' }],
    )
    expect(await wrongAnswers(cases)).toEqual([])
  })

  it('refuses an unknown field and an unknown parameter', async () => {
    const cases = each(
      () => true,
      (operation) => [
        { ...invalid, what: 'parameter', request: withQuery(fitting(operation), 'unheardOf=1') },
        ...(operation.body?.type === 'object'
          ? ['id', 'role', 'status', 'ownerId', 'unheardOf']
              .filter((name) => !(name in (operation.body!.properties ?? {})))
              .map((name) => ({
                ...invalid,
                what: name,
                request: fitting(operation, { json: { ...(exampleOf(operation.body!) as object), [name]: 'x' } }),
              }))
          : []),
      ],
    )
    expect(await wrongAnswers(cases.filter(({ operation }) => !operation.upload))).toEqual([])
  })

  it('refuses a wrong type in every field and parameter', async () => {
    const cases = each(
      ({ upload }) => !upload,
      (operation) => [
        ...fieldsOf(operation).map(([name]) => ({
          ...invalid,
          what: name,
          request: fitting(operation, { json: { ...(exampleOf(operation.body!) as object), [name]: { $raw: 1 } } }),
        })),
        ...operation.parameters
          .filter((parameter) => parameter.in === 'query' && parameter.schema.type !== 'array')
          .map(({ name }) => ({ ...invalid, what: `${name} twice`, request: withQuery(fitting(operation), `${name}=1&${name}=2`) })),
      ],
    )
    expect(cases.length).toBeGreaterThan(40)
    expect(await wrongAnswers(cases)).toEqual([])
  })

  it('refuses a body that is missing, has another shape, or lacks a field', async () => {
    const cases = each(
      ({ body }) => body !== undefined,
      (operation) => [
        { ...invalid, what: 'no body', request: fitting(operation, { json: undefined }) },
        { ...invalid, what: 'a list', request: fitting(operation, { json: [] }) },
        {
          ...invalid,
          what: 'bad JSON',
          request: fitting(operation, { json: undefined, body: '{', headers: { ...fitting(operation).headers, 'content-type': 'application/json' } }),
        },
        ...(operation.body!.required ?? []).map((name) => {
          const { [name]: _, ...rest } = exampleOf(operation.body!) as Record<string, unknown>
          return { ...invalid, what: `no ${name}`, request: fitting(operation, { json: rest }) }
        }),
      ],
    )
    expect(await wrongAnswers(cases)).toEqual([])
  })

  it('refuses keys that would reach prototypes', async () => {
    const cases = each(
      ({ body }) => body !== undefined,
      (operation) =>
        ['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}'].map((body) => ({
          ...invalid,
          what: body,
          request: fitting(operation, { json: undefined, body, headers: { ...fitting(operation).headers, 'content-type': 'application/json' } }),
        })),
    )
    expect(await wrongAnswers(cases)).toEqual([])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('refuses an invalid id, and does not find an unknown one', async () => {
    const shapes = ['1', "1' OR '1'='1", '../me', `${missingId}x`, '%00']
    const cases = each(
      ({ path }) => path.includes('{id}'),
      (operation) => [
        ...shapes.map((id) => {
          const request = fitting(operation)
          return { ...invalid, what: id, request: { ...request, path: request.path.replace(missingId, encodeURIComponent(id)) } }
        }),
        { what: 'missing', request: fitting(operation), status: 404, code: 'NOT_FOUND' },
      ],
    )
    expect(await wrongAnswers(cases)).toEqual([])
  })

  it('answers valid requests as documented, with few port calls: in another process each costs 280 times as much', async () => {
    const wrong: string[] = []
    const calls: number[] = []
    for (const operation of operations.filter(({ upload, path }) => !upload && !path.endsWith('/sessions/current'))) {
      const answer = await api.ask(fitting(operation))
      asked.count += 1
      wrong.push(...faultsOf(operation, answer).map((fault) => `${operation.name}: ${fault}`))
      const made = api.portCallsOf(answer.headers.get('x-request-id')!)
      calls.push(made.length)
      if (made.length > maxPortCalls) wrong.push(`${operation.name}: ${made.length} calls of ports: ${made.join(', ')}`)
    }
    expect(wrong).toEqual([])
    expect(calls.filter((count) => count > 0).length).toBeGreaterThan(5)
    expect(asked.count).toBeGreaterThan(250)
  })
})
