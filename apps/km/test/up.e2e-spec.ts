import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { describeWithOwnNatsAndRedis, eventually } from '@kilomega/testing'
import type { Status } from '../src/status.js'
import { CommandLine, freePorts, type Launcher, type Result } from './command-line.js'

const services = ['worker', 'search', 'media', 'notifications']
const stops = 60_000

/** These tests must not use the servers and addresses of the caller. */
const environmentIn = (folder: string) => ({
  ...processEnvironment(),
  ...{ NODE_ENV: undefined, NATS_URL: undefined, DATABASE_URL: undefined, HTTP_PORT: undefined, HTTP_INTERNAL_PORT: undefined },
  ...{ QUEUE_BACKEND: undefined, QUEUE_REDIS_URL: undefined },
  KILOMEGA_FOLDER: folder,
})
const makeFolder = () => mkdtempSync(join(tmpdir(), 'km-up-'))
const statusIn = ({ output }: Result) => JSON.parse(output) as Status
/** The processes of this machine by name. */
const processesIn = ({ parts }: Status) => new Map(parts.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, pid] as const])))

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describeWithOwnNatsAndRedis('km up 500k', () => {
  const folder = makeFolder()
  const km = new CommandLine(environmentIn(folder))
  const file = (path: string) => join(folder, '.kilomega', path)
  let url: string
  let launcher: Launcher
  let running: Map<string, number>
  let stranger: ChildProcess
  /** Holds the port of a service, so that it cannot start. */
  const holder = createServer()
  let searchPort: number

  beforeAll(async () => {
    // Has the command line of a service, but was not started by km.
    stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'apps/search/dist/main.js'], { stdio: 'ignore' })
    const first = await freePorts(6)
    url = `http://127.0.0.1:${first}`
    const ports = ['--port-base', String(first), '--database-port', '0', '--nats-port', '0', '--redis-port', '0']
    launcher = await km.launch('npx km status', 'up', '500k', ...ports)
  }, 150_000)

  afterAll(async () => {
    stranger.kill('SIGKILL')
    holder.close()
    launcher.process.kill('SIGTERM')
    await launcher.ended
    rmSync(folder, { recursive: true, force: true })
  }, stops)

  const search = () => fetch(`${url}/v1/search?q=anything`, { signal: AbortSignal.timeout(10_000) })

  it('has reported each process when it was ready, and where everything is', () => {
    const shown = launcher.shown()
    for (const name of ['api', ...services]) expect(shown).toMatch(new RegExp(`^✓ ${name} `, 'm'))
    expect(shown).toContain(`API            ${url}/v1`)
  })

  it('is shown by km status: every server and every process, each with its process id', async () => {
    const result = await km.run('status', '--json')
    expect(result).toMatchObject({ code: 0, errors: '' })
    const status = statusIn(result)
    running = processesIn(status)
    expect(status).toMatchObject({ ready: true, tier: '500k' })
    expect([...running.keys()]).toEqual(['postgres', 'nats', 'redis', 'api', ...services])
    searchPort = Number(new URL(status.parts.find(({ name }) => name === 'search')!.where!).port)
    expect(status.parts.filter(({ up }) => !up)).toEqual([])
    expect([...running.values()].every(lives)).toBe(true)
    expect(new Set(running.values()).size).toBe(8)
  })

  it('is shown as text too', async () => {
    const { code, output } = await km.run('status')
    expect(code).toBe(0)
    for (const [name, pid] of running) expect(output).toMatch(new RegExp(`│ ${name} +│ ${pid} +│ \\S+ +│ up +│`))
  })

  it('serves the whole product: an account, a photo, a post, its search, its events and the inbox', async () => {
    const { code, output } = await km.run('tour', '--json')
    expect(JSON.parse(output)).toMatchObject({ passed: true })
    expect(code).toBe(0)
  }, 120_000)

  it('is not started a second time in its folder, and the running processes are named', async () => {
    const { code, errors } = await km.run('up', '1k')
    expect(code).toBe(1)
    expect(errors).toBe(
      `Kilomega runs in this folder already (process ${launcher.process.pid}), as tier 500k at ${url} with the API, media, notifications, search, ` +
        `worker, NATS, Redis and PostgreSQL: stop it there with Ctrl-C, or from anywhere with npx km down\n`,
    )
    expect(processesIn(statusIn(await km.run('status', '--json')))).toEqual(running)
  })

  const isWell = () => eventually(async () => expect(await km.run('status', '--json')).toMatchObject({ code: 0 }), 60_000)

  it('starts a service again that was killed, and says so', async () => {
    expect((await search()).status).toBe(200)
    process.kill(running.get('search')!, 'SIGKILL')
    const words =
      /search has crashed \(SIGKILL\); its last lines, of \.kilomega\/logs\/search\.log:\n\d\d:\d\d:\d\d\.\d+ [^]*It is started again in 1 s/
    await eventually(() => expect(launcher.shown()).toMatch(words), 20_000)
    await isWell()
    await eventually(async () => expect((await search()).status).toBe(200), 20_000)
  }, 120_000)

  it.each([
    ['nats', 'NATS'],
    ['redis', 'Redis'],
  ])(
    'starts %s again, on its port',
    async (name, label) => {
      process.kill(running.get(name)!, 'SIGKILL')
      await eventually(() => expect(launcher.shown()).toContain(`${label} has ended; its log is .kilomega/${name}/`), 20_000)
      await eventually(() => expect(launcher.shown()).toContain(`${label} is running again`), 30_000)
      await isWell()
      running = processesIn(statusIn(await km.run('status', '--json')))
    },
    120_000,
  )

  it('continues without a service that does not start, reports it, and shows it in the status', async () => {
    process.kill(running.get('search')!, 'SIGKILL')
    await eventually(() => holdPortOfSearch(), 5_000)
    await eventually(
      () => expect(launcher.shown()).toContain('search is down; its log is .kilomega/logs/search.log, and the others keep running'),
      20_000,
    )
    await eventually(async () => {
      const { code, output } = await km.run('status', '--json')
      const down = statusIn({ code, output, errors: '' }).parts.filter(({ up }) => !up)
      expect(code).toBe(1)
      expect(down).toEqual([expect.objectContaining({ name: 'search', problem: 'has ended; its log is .kilomega/logs/search.log' })])
    }, 30_000)
    const ended = expect.stringContaining('search has ended; its log is .kilomega/logs/search.log') as string
    await eventually(async () => expect(await km.run('doctor')).toMatchObject({ code: 1, output: ended }), 30_000)
    await eventually(async () => expect((await search()).status).toBe(503), 20_000)
    expect((await fetch(`${url}/v1/posts`, { signal: AbortSignal.timeout(10_000) })).status).toBe(200)
  }, 120_000)

  async function holdPortOfSearch(): Promise<void> {
    holder.listen(searchPort, '127.0.0.1')
    await once(holder, 'listening')
  }

  it.each(['api', ...services])('has written the output of %s to a file, each line with its name in front', (name) => {
    const lines = readFileSync(file(`logs/${name}.log`), 'utf8')
      .trimEnd()
      .split('\n')
    expect(lines.filter((line) => !line.startsWith(`${name} | `))).toEqual([])
    expect(lines.filter((line) => line.includes('"signal":"process.ready"')).length).toBeGreaterThan(0)
  })

  it(
    'is taken down by km down in order, and nothing else is',
    async () => {
      // Another program now has the process id of one that ran here before.
      const heir = spawn('sleep', ['300'], { stdio: 'ignore' })
      writeFileSync(file('run/search-2.pid'), `${heir.pid}\n`)
      const { code, output, errors } = await km.run('down')
      expect({ code, errors }).toEqual({ code: 0, errors: '' })
      expect(output).toMatch(
        /^✓ Stopping the API .*\n✓ Stopping media, notifications(?:, search)? and worker .*\n✓ Stopping NATS and Redis .*\n✓ Stopping PostgreSQL .*\n$/,
      )
      expect(await launcher.ended).toBe(0)
      await eventually(() => expect([...running.values()].filter(lives)).toEqual([]), 10_000)
      expect([stranger.pid!, heir.pid!].map(lives)).toEqual([true, true])
      heir.kill('SIGKILL')
    },
    stops,
  )

  it('is gone then', async () => {
    expect((await km.run('down')).output).toBe('Nothing of Kilomega runs in this folder.\n')
    expect((await km.run('status')).code).toBe(1)
  })
})

describe('km up 1k --detach', () => {
  const folder = makeFolder()
  const km = new CommandLine(environmentIn(folder))
  afterAll(async () => {
    await km.run('down')
    rmSync(folder, { recursive: true, force: true })
  }, stops)

  it('leaves one process and its PostgreSQL behind, which serve until km down', async () => {
    const first = await freePorts(2)
    const { code, output } = await km.run('up', '1k', '--detach', '--port-base', String(first), '--database-port', '0')
    expect(code).toBe(0)
    expect(output).toContain('Kilomega runs as tier 1k.')
    const status = statusIn(await km.run('status', '--json'))
    const running = processesIn(status)
    expect(status).toMatchObject({ ready: true, tier: '1k' })
    expect([...running.keys()]).toEqual(['postgres', 'api'])
    expect((await fetch(`http://127.0.0.1:${first}/v1/posts`)).status).toBe(200)
    expect(await km.run('down')).toMatchObject({ code: 0, errors: '' })
    // An ended process stays in the process table until its new parent has reaped it.
    await eventually(() => expect([...running.values()].filter(lives)).toEqual([]), 10_000)
  }, 150_000)
})

/** The search finds Debian's package here whatever PATH says. */
const whereNotInstalled = ['/usr/sbin', '/usr/local/sbin'].some((place) => existsSync(join(place, 'nats-server'))) ? it.skip : it

describe('km up 500k without a nats-server', () => {
  const folder = makeFolder()
  const environment = { ...environmentIn(folder), PATH: folder }
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  whereNotInstalled('starts nothing, and names the one command that installs it', async () => {
    const { code, output, errors } = await new CommandLine(environment).run('up', '500k')
    expect({ code, output }).toEqual({ code: 1, output: '' })
    expect(errors).toMatch(
      /^nats-server is not there: (install it with (apt-get install -y|brew install) nats-server|get it from https:\/\/nats\.io\/download)/,
    )
    expect(errors.trimEnd().split('\n')).toHaveLength(1)
    expect(existsSync(join(folder, '.kilomega/postgres'))).toBe(false)
    expect(existsSync(join(folder, '.kilomega/run/launcher.pid'))).toBe(false)
  })

  whereNotInstalled('installs nothing where that is forbidden, and does not offer it', async () => {
    const forbidding = new CommandLine({ ...environment, KILOMEGA_INSTALL: 'no' })
    expect((await forbidding.run('up', '500k')).errors).not.toContain('--install')
    const { code, errors } = await forbidding.run('up', '500k', '--install')
    expect(code).toBe(1)
    expect(errors).toMatch(/^nats-server is not there: KILOMEGA_INSTALL=no forbids to install it here; /)
  })
})
