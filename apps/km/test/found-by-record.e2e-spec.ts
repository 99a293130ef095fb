import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { CommandLine, freePorts, type Launcher } from './command-line.js'

const documents = ['p1', 'p2', 'p3'].map((name) => JSON.stringify({ name, title: `Title ${name}`, body: 'words here' }))

/** The record in its folder is the only hint to its address. */
class StartedSystem {
  private readonly folder = mkdtempSync(join(tmpdir(), 'km-record-'))
  private launcher: Launcher | undefined
  km!: CommandLine
  url = ''

  async start(): Promise<void> {
    const first = await freePorts(2)
    this.url = `http://127.0.0.1:${first}`
    const unset = ['NATS_URL', 'DATABASE_URL', 'QUEUE_BACKEND', 'QUEUE_REDIS_URL', 'KILOMEGA_URL', 'KILOMEGA_INTERNAL_URL', 'KILOMEGA_TOKEN']
    const environment = { ...processEnvironment(), ...Object.fromEntries(unset.map((name) => [name, undefined])), KILOMEGA_FOLDER: this.folder }
    const starting = new CommandLine({ ...environment, NODE_ENV: undefined, HTTP_PORT: String(first), HTTP_INTERNAL_PORT: String(first + 1) })
    this.launcher = await starting.launch('Ctrl-C stops everything', 'start', '--database-port', '0')
    this.km = new CommandLine(environment)
  }

  write(name: string, content: string): string {
    writeFileSync(join(this.folder, name), content)
    return join(this.folder, name)
  }

  async stop(): Promise<void> {
    this.launcher?.process.kill('SIGTERM')
    await this.launcher?.ended
    rmSync(this.folder, { recursive: true, force: true })
  }
}

describe('A system that was started on its own ports', () => {
  const [one, other] = [new StartedSystem(), new StartedSystem()]
  beforeAll(() => Promise.all([one.start(), other.start()]), 150_000)
  afterAll(() => Promise.all([one.stop(), other.stop()]), 60_000)

  it('is found by every command that calls an API', async () => {
    const commands = ['status', 'queue list', 'queue kinds', 'queue show notifications.send-mail', 'outbox lag', 'outbox subscribers', 'tour']
    for (const command of commands) {
      const { code, errors } = await one.km.run(...command.split(' '), '--json')
      expect({ command, code, errors }).toEqual({ command, code: 0, errors: '' })
    }
    expect((await one.km.run('doctor')).output).not.toContain('does not answer')
    expect((await one.km.run('user', 'promote', 'nobody@example.org')).errors).toContain('404')
    expect((await one.km.shell('echo wrong | km login nobody@example.org')).errors).toContain('INVALID_CREDENTIALS')
  }, 120_000)

  it('shows its version together with that of Node', async () => {
    for (const option of ['--version', '-v'])
      expect(await one.km.run(option)).toMatchObject({
        code: 0,
        output: expect.stringMatching(/^kilomega \d+\.\d+\.\d+ \(node \d+\.\d+\.\d+\)\n$/) as string,
      })
  })

  it('is distinguished from another one that runs beside it', async () => {
    for (const system of [one, other]) {
      const status = JSON.parse((await system.km.run('status', '--json')).output) as { tier: string; parts: { name: string; where?: string }[] }
      expect(status.tier).toBe('1k')
      expect(status.parts).toContainEqual(expect.objectContaining({ name: 'api', where: system.url }))
      expect(status.parts).toContainEqual(expect.objectContaining({ name: 'postgres', up: true }))
    }
  })

  it('is ignored if another address is given', async () => {
    const { output } = await one.km.shell(`KILOMEGA_URL=${other.url} km status --json`)
    const api = (JSON.parse(output) as { parts: { name: string; pid?: number }[] }).parts.find(({ name }) => name === 'api')!
    expect(api).toMatchObject({ where: other.url, up: true })
    expect(api).not.toHaveProperty('pid')
  })

  it.each([
    ['a pipe to /dev/stdin', 'cat FILE | km import /dev/stdin --json'],
    ['a pipe to -', 'cat FILE | km import - --json'],
    ['what a shell puts in its place', 'km import <(cat FILE) --json'],
    ['standard input from a file', 'km import /dev/stdin --json < FILE'],
    ['a packed pipe', 'gzip -c FILE | km import - --json'],
  ])('imports from %s', async (what, line) => {
    const file = one.write('lines.ndjson', documents.join('\n').replaceAll('"p', `"${what} `))
    const { code, output, errors } = await one.km.shell(line.replace('FILE', file))
    expect({ code, summary: JSON.parse(output || errors) as unknown }).toMatchObject({ code: 0, summary: { lines: 3, created: 3, badLines: [] } })
  })

  it('imports every good line of a file, whatever the others are', async () => {
    const huge = JSON.stringify({ name: 'huge', title: 'T', body: 'x'.repeat(500_000) })
    const large = JSON.stringify({ name: 'large', title: 'T', body: 'x'.repeat(200_000) })
    const broken = '{"name":"broken","title":"half of a pair: \\ud83d","body":""}'
    const file = one.write(
      'mixed.ndjson',
      ['\uFEFF{"name":"m1","title":"T","body":"a\u2028b"}', huge, large, broken, '{"name":"m2","title":"T","body":""}'].join('\n'),
    )
    const { code, output } = await one.km.run('import', file, '--json')
    const { created, badLines } = JSON.parse(output) as { created: number; badLines: { line: number }[] }
    expect({ code, created, bad: badLines.map(({ line }) => line) }).toEqual({ code: 1, created: 2, bad: [2, 3, 4] })
  })

  it('reports that there is nothing to import from an empty pipe', async () => {
    expect(await one.km.shell('km import - < /dev/null')).toMatchObject({ code: 0, output: 'Nothing to import: - has no lines.\n' })
  })

  it('is no longer found after it was stopped', async () => {
    await other.stop()
    expect((await other.km.run('status')).output).not.toContain(other.url)
  }, 60_000)
})
