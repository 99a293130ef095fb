import { statSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '@kilomega/testing'
import type { Result } from './command-line.js'
import { StartedSystem } from './started-system.js'

describe('The command line and accounts', () => {
  let system: StartedSystem
  beforeAll(async () => void (system = await StartedSystem.open()), 120_000)
  afterAll(() => system.close(), 60_000)

  const km = (...parameters: string[]): Promise<Result> => system.km(...parameters)
  const read = (result: Result): unknown => JSON.parse(result.output)

  it('signs an admin in and out: the session is used before the operator, and kept for its owner only', async () => {
    const [email, password] = ['grace@example.org', 'a long and salty password']
    const post = (path: string, body: object) =>
      fetch(new URL(path, system.environment['KILOMEGA_URL']), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    await post('/v1/accounts', { email, password, name: 'Grace' })
    await post('/v1/accounts/verifications', { token: await tokenInMailTo(email) })
    expect(await system.kmReading('a wrong one\n', 'login', email)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('INVALID_CREDENTIALS') as string,
    })
    expect(await system.kmReading(`${password}\r\n`, 'login', email)).toMatchObject({ code: 0, output: `Signed in as ${email}\n` })
    expect(statSync(join(system.folder, '.kilomega/session.json')).mode & 0o777).toBe(0o600)
    expect(await km('user', 'promote', email)).toMatchObject({ code: 1, errors: expect.stringContaining('FORBIDDEN') as string })
    const { code, output } = await km('doctor')
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('this token may not see queues and outboxes') as string })
    expect(output).not.toContain('does not answer')
    expect(await km('logout')).toMatchObject({ code: 0 })
    expect(await km('user', 'promote', email)).toMatchObject({ code: 0 })
  })

  async function tokenInMailTo(email: string): Promise<string> {
    return eventually(async () => {
      const answer = await fetch(new URL(`/mail.json?to=${email}`, system.environment['KILOMEGA_INTERNAL_URL']))
      const { items } = (await answer.json()) as { items: { text: string }[] }
      return items[0]!.text.split('\n').find((line) => /^[0-9a-f-]{36}\.\S+$/.test(line))!
    })
  }

  it('creates an account that can sign in at once, and refuses an address that has one', async () => {
    const [email, password] = ['made@example.org', 'a long and salty password']
    expect(await system.kmReading(`${password}\n`, 'user', 'create', email)).toMatchObject({ code: 0, output: `${email} has an account now\n` })
    expect(await system.kmReading(`${password}\n`, 'login', email)).toMatchObject({ code: 0 })
    expect(await km('logout')).toMatchObject({ code: 0 })
    expect(await system.kmReading(`${password}\n`, 'user', 'create', email)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('EMAIL_TAKEN: An account with this address already exists') as string,
    })
    expect(await system.kmReading('short\n', 'user', 'create', 'other@example.org')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('VALIDATION_FAILED') as string,
    })
  })

  describe('administers them:', () => {
    const [email, password] = ['lead@example.org', 'a long and salty password']
    const login = () => system.kmReading(`${password}\n`, 'login', email)
    beforeAll(async () => expect(await system.kmReading(`${password}\n`, 'user', 'create', email)).toMatchObject({ code: 0 }))

    it('a demoted admin is a user again', async () => {
      await km('user', 'promote', email)
      expect(await km('user', 'demote', email)).toMatchObject({ code: 0, output: `${email} is no admin now\n`, errors: '' })
      expect(read(await km('user', 'demote', email, '--json'))).toMatchObject({ email, role: 'user', disabledAt: null })
    })

    it('a disabled account cannot sign in until it is enabled', async () => {
      expect(await km('user', 'disable', email)).toMatchObject({ code: 0, output: `${email} is disabled; "km user enable ${email}" undoes this\n` })
      expect(await login()).toMatchObject({ code: 1, errors: expect.stringContaining('INVALID_CREDENTIALS') as string })
      expect(read(await km('user', 'disable', email, '--json'))).toMatchObject({ email, disabledAt: expect.any(String) as string })
      expect(await km('user', 'enable', email)).toMatchObject({ code: 0, output: `${email} can sign in again\n` })
      expect(await login()).toMatchObject({ code: 0 })
      expect(await km('logout')).toMatchObject({ code: 0 })
    })

    it('the last admin cannot demote, disable or delete their own account, but the operator can', async () => {
      await km('user', 'demote', 'grace@example.org')
      await km('user', 'promote', email)
      await login()
      for (const way of [['demote'], ['disable'], ['delete', '--yes']]) {
        expect(await km('user', ...way, email)).toMatchObject({
          code: 1,
          output: '',
          errors: expect.stringMatching(/^POST .* 409 LAST_ADMIN: .*\n$/) as string,
        })
      }
      await km('logout')
      expect(await km('user', 'demote', email)).toMatchObject({ code: 0 })
    })

    it('a deletion needs confirmation, and is permanent', async () => {
      expect(await km('user', 'delete', email)).toMatchObject({
        ...{ code: 2, output: '' },
        errors: `The account ${email} and everything that belongs to it will be deleted for good: there is no terminal to ask on, so add --yes to continue\n`,
      })
      expect(await login()).toMatchObject({ code: 0 })
      expect(await km('logout')).toMatchObject({ code: 0 })
      expect(await km('user', 'delete', email, '--yes')).toMatchObject({
        code: 0,
        output: `${email} is deleted; what belongs to it is being removed\n`,
      })
      expect(await login()).toMatchObject({ code: 1 })
      expect(await system.kmReading(`${password}\n`, 'user', 'create', email)).toMatchObject({ code: 0 })
      expect(read(await km('user', 'delete', email, '--yes', '--json'))).toEqual({ email })
    })

    it.each([
      ['demote', 'demotions'],
      ['disable', 'disablements'],
      ['enable', 'enablements'],
      ['delete', 'deletions'],
    ])('an unknown address is reported in one line: %s', async (way, path) => {
      const yes = way === 'delete' ? ['--yes'] : []
      expect(await km('user', way, 'nobody@example.org', ...yes)).toEqual({
        ...{ code: 1, output: '' },
        errors: `POST /accounts/${path} was answered with 404 NOT_FOUND: The resource does not exist\n`,
      })
    })
  })
})
