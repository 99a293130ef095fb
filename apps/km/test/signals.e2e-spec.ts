import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { eventually } from '@kilomega/testing'
import { freePorts } from './command-line.js'

const root = join(import.meta.dirname, '../../..')
const endWithinMs = 40_000

/** All processes of the system according to its pid files: launcher, API, PostgreSQL. */
function pidsIn(folder: string): number[] {
  const run = join(folder, '.kilomega/run')
  return readdirSync(run).flatMap((file) => (file.endsWith('.pid') ? [Number(readFileSync(join(run, file), 'utf8'))] : []))
}

/** An ended process no longer has a command line, even before its new parent has reaped it. */
const lives = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}

interface System {
  folder: string
  pids: number[]
  said: () => string
  process: ChildProcess
}

/** Started in its own process group, as a shell does. */
async function begin(command: string, parameters: readonly string[], ready: string): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'km-signals-'))
  const [port, internalPort] = [await freePorts(2), await freePorts(1)]
  const ports = { HTTP_PORT: String(port), HTTP_INTERNAL_PORT: String(command === 'npx' || parameters.includes('up') ? port + 1 : internalPort) }
  const environment = { ...processEnvironment(), DATABASE_URL: undefined, NODE_ENV: undefined, KILOMEGA_FOLDER: folder, ...ports }
  const child = spawn(command, [...parameters, '--database-port', '0'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`it ended:\n${said}`)))
  ended.catch(() => undefined)
  await Promise.race([eventually(() => expect(said).toContain(ready), 120_000), ended])
  return { folder, pids: pidsIn(folder), said: () => said, process: child }
}

const asPeopleDo = [
  ['npm start', 'npm', ['start', '--'], 'Kilomega is ready'],
  ['npx km up 1k', 'npx', ['km', 'up', '1k'], 'npx km status'],
  ['km up 1k', process.execPath, ['apps/km/bin/km.js', 'up', '1k'], 'npx km status'],
] as const
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const

describe.each(asPeopleDo)('%s', (_, command, parameters, ready) => {
  it.each(signals)(
    'leaves nothing running when it gets %s, and its database is closed in order',
    async (signal) => {
      const system = await begin(command, parameters, ready)
      expect(system.pids.filter(lives).length).toBeGreaterThanOrEqual(3)
      // A terminal sends Ctrl-C to the whole group, and npm does not pass it on; any other signal goes only to the named process.
      process.kill(signal === 'SIGINT' ? -system.process.pid! : system.process.pid!, signal)
      await eventually(() => expect(system.pids.filter(lives)).toEqual([]), endWithinMs)
      expect(readFileSync(join(system.folder, '.kilomega/postgres/log'), 'utf8')).toMatch(/database system is shut down\n$/)
      const log = readFileSync(join(system.folder, '.kilomega/logs/api.log'), 'utf8')
      // After SIGKILL the process that wrote the log is gone.
      if (signal !== 'SIGKILL' || command !== process.execPath) expect(log).toContain('"process.stopped"')
      rmSync(system.folder, { recursive: true, force: true })
    },
    200_000,
  )
})

describe('npm start | head', () => {
  it('leaves nothing running', async () => {
    const system = await begin('sh', ['-c', 'npm start -- "$@" | head -n 10', 'sh'], 'Starting PostgreSQL')
    await once(system.process, 'exit')
    await eventually(() => expect(pidsIn(system.folder).filter(lives)).toEqual([]), endWithinMs)
    expect(readFileSync(join(system.folder, '.kilomega/postgres/log'), 'utf8')).toMatch(/database system is shut down\n$/)
    rmSync(system.folder, { recursive: true, force: true })
  }, 200_000)
})
