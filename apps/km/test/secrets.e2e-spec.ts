import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { processEnvironment } from '@kilomega/config'
import { mainFileOf } from '../src/start/paths.js'
import { CommandLine } from './command-line.js'

describe('km secrets generate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'km-secrets-'))
  const environment = { PATH: processEnvironment()['PATH'], KILOMEGA_FOLDER: folder }
  const km = new CommandLine(environment)
  afterAll(() => rmSync(folder, { recursive: true }))

  const given = { DATABASE_URL: 'postgres://localhost:1/none', DATABASE_START_WAIT_MS: '0' }
  const mail = { NOTIFICATIONS_MAIL_DRIVER: 'smtp', NOTIFICATIONS_SMTP_URL: 'smtp://localhost:25', NOTIFICATIONS_FROM_ADDRESS: 'a@example.org' }
  /** The output of a production process that is started with these settings. */
  function startWith(settings: Record<string, string>): string {
    try {
      return execFileSync(process.execPath, [mainFileOf('api')], {
        env: { ...environment, NODE_ENV: 'production', ...settings },
        cwd: folder,
        stdio: 'pipe',
      }).toString()
    } catch (error) {
      return String((error as { stderr: Buffer }).stderr)
    }
  }

  it('creates the secrets that production needs, readable only by their owner, and names the other settings', async () => {
    const asked = [...startWith({}).matchAll(/^ {2}([A-Z_]+): .*km secrets generate$/gm)].map(([, variable]) => variable!)
    const { code, output } = await km.run('secrets', 'generate')
    expect(code).toBe(0)
    for (const variable of asked) {
      const file = join(folder, '.kilomega/production', variable)
      expect([output.includes(`${variable}_FILE=${file}`), statSync(file).mode & 0o777]).toEqual([true, 0o600])
      expect(output).not.toContain(readFileSync(file, 'utf8'))
    }
    expect(asked).toEqual(['HTTP_CURSOR_SECRET', 'IDENTITY_SIGNING_KEY', 'IDENTITY_SEAL_KEY', 'NOTIFICATIONS_SEAL_KEY'])
    for (const variable of ['DATABASE_URL', 'NOTIFICATIONS_SMTP_URL', 'NOTIFICATIONS_FROM_ADDRESS']) expect(output).toContain(`# ${variable}: `)
  })

  it('does not change existing secrets', async () => {
    const key = () => readFileSync(join(folder, '.kilomega/production/IDENTITY_SIGNING_KEY'), 'utf8')
    const before = key()
    const { made, kept } = JSON.parse((await km.run('secrets', 'generate', '--json')).output) as { made: string[]; kept: string[] }
    expect([key(), made, kept.length]).toEqual([before, [], 4])
  })

  it('gives settings with which, together with the others that it lists, a process starts up to its database', async () => {
    const { settings } = JSON.parse((await km.run('secrets', 'generate', '--json')).output) as { settings: Record<string, string> }
    expect(startWith({ ...settings, ...given, ...mail })).toContain('The database at localhost:1 takes no connection')
  })
})
