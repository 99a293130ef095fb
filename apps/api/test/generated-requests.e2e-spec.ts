import { spawnSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { processEnvironment } from '@kilomega/config'
import { openApi, type OpenedApi, operatorToken } from './open-api.js'

/** Schemathesis makes requests of the OpenAPI file, such as fit it and such as do not, and holds the answers to it. */
const program = 'st'
const isThere = spawnSync(program, ['--version']).status === 0
if (!isThere) process.stdout.write('Requests made of the OpenAPI file were not sent: there is no Schemathesis here (pip install schemathesis)\n')

/**
 * What answers have to be like. That whatever fits a schema is taken is none of it: tokens of mails, ids of others and invisible names are refused. Nor
 * that a header which is wanted is missed with 400: for If-Match there is 428.
 */
const checks = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance', 'response_schema_conformance'],
  ...['negative_data_rejection', 'unsupported_method', 'ignored_auth', 'use_after_free'],
]
/** Of each operation; more of them by hand. */
const examples = Number(processEnvironment()['KILOMEGA_TEST_REQUESTS'] ?? 10)
/** End the session that all requests are made in, or its account. */
const endings = ['DELETE /v1/sessions/current', 'PUT /v1/me/password', 'DELETE /v1/me']

/** Skipped without it, with the line above: it is a program of Python, which neither npm nor the tests' own servers bring. */
const whenThere = isThere ? describe : describe.skip

whenThere('requests that are made of the OpenAPI file', () => {
  let api: OpenedApi
  const tokens = { user: '', admin: operatorToken }
  beforeAll(async () => {
    const generous = { HTTP_CREDENTIAL_LIMIT_PER_MINUTE: '1000000', HTTP_LIMIT_PER_MINUTE: '1000000' }
    api = await openApi(generous)
    tokens.user = await api.signUp('ada')
  }, 60_000)
  afterAll(() => api.close())

  it.each(['user', 'admin'] as const)(
    'by a %s are answered as it says',
    async (who) => {
      const options = ['--checks', checks.join(), '--max-examples', String(examples), '--seed', '1', '--generation-database', 'none', '--no-color']
      const left = endings.flatMap((name) => ['--exclude-name', name])
      const header = `Authorization: Bearer ${tokens[who]}`
      const phases = ['--header', header, '--phases', 'examples,coverage,fuzzing']
      const run = spawn(program, ['run', `${api.url}/openapi.json`, ...phases, ...options, ...left], { cwd: api.folder })
      const [output, [code]] = await Promise.all([text(run.stdout), once(run, 'close')])
      expect(code === 0 ? '' : output).toBe('')
    },
    540_000,
  )
})
