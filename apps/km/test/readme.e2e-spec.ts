import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { processEnvironment } from '@kilomega/config'
import { freePorts } from './command-line.js'
import { FreshCopy } from './fresh-copy.js'

const minutes = 60_000

/** The lines of each block of the README that a reader types, without comments after `#`. */
function blocksIn(readme: string): string[][] {
  const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block!.trim().split('\n'))
  return blocks.map((lines) => lines.map((line) => line.replace(/\s+#.*$/, '')))
}

/** Typed where a line asks for a password. */
const password = 'a long and salty password\n'

describe('The README, typed line by line in a fresh clone', () => {
  let copy: FreshCopy
  let environment: Record<string, string | undefined>
  let running: ChildProcess | undefined
  let shown = ''
  const blocks = () => blocksIn(readFileSync(join(copy.folder, 'README.md'), 'utf8'))

  beforeAll(async () => {
    copy = new FreshCopy()
    const first = await freePorts(8)
    const own = Object.entries(processEnvironment()).filter(
      ([name]) => !/^(NX_|JEST_|npm_|KILOMEGA_|NODE_ENV$|NODE_OPTIONS$|DATABASE_|NATS_|QUEUE_)/.test(name),
    )
    // The usual ports may be in use on this machine; everything else is taken literally.
    environment = { ...Object.fromEntries(own), HTTP_PORT: String(first), HTTP_INTERNAL_PORT: String(first + 1), KILOMEGA_INSTALL: 'no' }
  }, 2 * minutes)
  afterAll(async () => {
    await stop()
    copy.remove()
  }, 2 * minutes)

  /** Stays running, as in its own terminal. */
  async function start(line: string, until: string): Promise<void> {
    shown = ''
    const child = spawn('bash', ['-c', `exec ${line}`], { cwd: copy.folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    running = child
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          shown += chunk.toString('utf8')
          if (shown.includes(until)) resolve()
        })
      child.on('close', (code) => reject(new Error(`${line} ended with ${code}:\n${shown}`)))
    })
  }

  /** Ctrl-C, which reaches every process of the terminal. */
  async function stop(): Promise<void> {
    if (running === undefined || running.exitCode !== null) return
    const closed = once(running, 'close')
    process.kill(-running.pid!, 'SIGINT')
    await closed
    running = undefined
  }

  async function run(line: string): Promise<{ line: string; code: number; output: string; errors: string }> {
    const child = spawn('bash', ['-c', line], { cwd: copy.folder, env: environment, stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin.end(password)
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>])
    return { line, code, output, errors }
  }

  it(
    'builds and starts',
    async () => {
      const [[line]] = blocks() as [[string]]
      expect(line).toBe('npm start')
      await start(line, 'Ctrl-C stops everything')
      expect(shown).toMatch(/^Building: /m)
    },
    5 * minutes,
  )

  it(
    'goes on in another terminal',
    async () => {
      const lines = blocks()[1]!
      expect(lines.length).toBeGreaterThan(3)
      for (const line of lines) expect(await run(line)).toMatchObject({ line, code: 0 })
    },
    5 * minutes,
  )

  it(
    'finds the imported documents',
    async () => {
      const [, line] = /`(curl [^`]+)`/.exec(readFileSync(join(copy.folder, 'README.md'), 'utf8')) as unknown as [string, string]
      const { output } = await run(line.replace('localhost:3000', `127.0.0.1:${environment['HTTP_PORT']}`))
      expect((JSON.parse(output) as { items: object[] }).items.length).toBeGreaterThan(0)
    },
    minutes,
  )

  it(
    'runs a tier from its current sources, not from an older build',
    async () => {
      await stop()
      edit('apps/km/src/shape/up-system.ts', 'Kilomega runs as tier', 'The edited Kilomega runs as tier')
      await start('npx km up 1k', 'Ctrl-C stops everything')
      expect(shown).toMatch(/^Building: /m)
      expect(shown).toContain('The edited Kilomega runs as tier 1k')
      expect(await run('npx km status')).toMatchObject({ code: 0 })
      await stop()
      await start('npx km up 1k', 'Ctrl-C stops everything')
      expect(shown).not.toContain('Building')
      await stop()
    },
    5 * minutes,
  )

  it(
    'reports what does not build, and runs no older build instead',
    async () => {
      edit('apps/km/src/extract/run-report.ts', 'There is no module', 'The edited km knows no module')
      expect(await run('npx km extract report nope')).toMatchObject({
        ...{ code: 1, output: '' },
        errors: expect.stringMatching(/^Building: .*\nThe edited km knows no module nope/) as string,
      })
      edit('apps/km/src/extract/run-report.ts', 'export async function', 'export async fun ction')
      expect(await run('npx km extract report nope')).toMatchObject({
        code: 1,
        output: '',
        errors: expect.stringContaining('Building failed') as string,
      })
    },
    5 * minutes,
  )

  function edit(path: string, from: string, to: string): void {
    const file = join(copy.folder, path)
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
  }
})
