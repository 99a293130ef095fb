import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { eventually } from '@kilomega/testing'
import { CommandLine, freePorts, type Launcher } from './command-line.js'

const soonMs = 30_000

describe('the PostgreSQL of km start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'km-kept-'))
  let km: CommandLine
  let url: string
  let launcher: Launcher

  beforeAll(async () => {
    const first = await freePorts(2)
    url = `http://127.0.0.1:${first}`
    km = new CommandLine({
      ...processEnvironment(),
      ...{ NODE_ENV: undefined, NATS_URL: undefined, DATABASE_URL: undefined, QUEUE_BACKEND: undefined, QUEUE_REDIS_URL: undefined },
      ...{ KILOMEGA_FOLDER: folder, HTTP_PORT: String(first), HTTP_INTERNAL_PORT: String(first + 1) },
      ...{ KILOMEGA_URL: url, KILOMEGA_INTERNAL_URL: `http://127.0.0.1:${first + 1}` },
    })
    launcher = await km.launch('Ctrl-C stops everything', 'start', '--database-port', '0')
  }, 150_000)
  afterAll(async () => {
    launcher.process.kill('SIGTERM')
    await launcher.ended
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  const pid = () => Number(readFileSync(join(folder, '.kilomega/run/postgres.pid'), 'utf8'))
  const isReady = async () => expect((await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) })).status).toBe(200)
  const signalAll = (signal: NodeJS.Signals) => {
    const children = execFileSync('ps', ['--ppid', String(pid()), '-o', 'pid='], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)
      .map(Number)
    for (const one of [pid(), ...children]) process.kill(one, signal)
  }

  it('is started again after it was killed, which is reported, and the API works again by itself', async () => {
    const before = pid()
    process.kill(before, 'SIGKILL')
    await eventually(() => expect(launcher.shown()).toContain('PostgreSQL is running again'), soonMs)
    expect(launcher.shown()).toContain('PostgreSQL has ended; it is started again (its log is .kilomega/postgres/log)')
    expect(pid()).not.toBe(before)
    await eventually(isReady, soonMs)
  }, 90_000)

  it('is named by km doctor when it hangs, and nothing else is', async () => {
    signalAll('SIGSTOP')
    try {
      const { code, output } = await km.run('doctor')
      expect(code).toBe(1)
      expect(output).toMatch(/no answer|does not answer/)
      expect(output).toContain('DATABASE_URL')
      expect(output).not.toContain('the API does not answer')
    } finally {
      signalAll('SIGCONT')
    }
    await eventually(isReady, soonMs)
    // By then, requests sent while it hung have been answered, and the measurements from that time are no longer shown.
    await eventually(async () => expect(await km.run('doctor')).toMatchObject({ code: 0, errors: '' }), soonMs)
  }, 90_000)
})
