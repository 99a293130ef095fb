import { spawnSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { processEnvironment } from '@kilomega/config'
import { openApi, type OpenedApi, operatorToken } from './open-api.js'

/** Schemathesis generates valid and invalid requests from the OpenAPI file, and checks the answers against it. */
const program = 'st'
const isInstalled = spawnSync(program, ['--version']).status === 0
if (!isInstalled) process.stdout.write('Requests made of the OpenAPI file were not sent: there is no Schemathesis here (pip install schemathesis)\n')

/**
 * The checks on answers. Two checks are left out: that a request that fits the schema is always accepted (tokens from mails, foreign ids and invisible
 * names are refused), and that a missing required header is answered with 400 (for If-Match it is 428).
 */
const checks = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance', 'response_schema_conformance'],
  ...['negative_data_rejection', 'unsupported_method', 'ignored_auth', 'use_after_free'],
]
/** Requests per operation; set the variable for more. */
const examples = Number(processEnvironment()['KILOMEGA_TEST_REQUESTS'] ?? 10)
/** Routes that end the session in which all requests are made, or its account. */
const endings = ['DELETE /v1/sessions/current', 'PUT /v1/me/password', 'DELETE /v1/me']

/** Skipped without Schemathesis, with the message above: it is a Python program, which neither npm nor the test servers provide. */
const describeIfInstalled = isInstalled ? describe : describe.skip

describeIfInstalled('requests that are made of the OpenAPI file', () => {
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
