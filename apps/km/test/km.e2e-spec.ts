import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '@kilomega/testing'
import { freePorts, type Result } from './command-line.js'
import { StartedSystem } from './started-system.js'

const sample = join(import.meta.dirname, '../fixtures/sample.ndjson.gz')
const yesterday = new Date(Date.now() - 24 * 3_600_000).toISOString()

/** Tests the command line against a system that it has started itself. */
describe('The command line', () => {
  let system: StartedSystem
  beforeAll(async () => void (system = await StartedSystem.open()), 120_000)
  afterAll(() => system.close(), 60_000)

  const km = (...parameters: string[]): Promise<Result> => system.km(...parameters)
  const read = (result: Result): unknown => JSON.parse(result.output)

  it('shows the running system', async () => {
    const result = await km('status', '--json')
    expect(result).toMatchObject({ code: 0, errors: '' })
    expect(read(result)).toMatchObject({ ready: true })
  })

  it('shows the servers of the database', async () => {
    const servers = read(await km('db', 'status', '--json')) as { role: string; used: boolean }[]
    expect(servers).toEqual([expect.objectContaining({ role: 'primary', used: true, lagMs: 0 })])
    expect((await km('db', 'status')).output).toContain('primary')
  })

  it('walks through the whole product', async () => {
    const result = await km('tour', '--json')
    expect(read(result)).toMatchObject({ passed: true })
    expect(result.code).toBe(0)
  }, 120_000)

  describe('for operators', () => {
    it('finds nothing wrong in a running system', async () => {
      await eventually(async () => expect(await km('doctor', '--json')).toMatchObject({ code: 0, output: '{"findings":[]}\n' }), 20_000)
      expect((await km('doctor')).output).toContain('All is well')
    })

    it('lists queues, and how far behind each subscriber is', async () => {
      const queues = read(await km('queue', 'list', '--json')) as { name: string; paused: boolean; dead: number }[]
      expect(queues).toContainEqual(expect.objectContaining({ name: 'media.make-renditions', paused: false, dead: 0 }))
      const lags = read(await km('outbox', 'lag', '--json')) as { subscriber: string }[]
      expect(lags.map(({ subscriber }) => subscriber)).toEqual(
        expect.arrayContaining(['search.putPublished:content.post-published', 'queue:notifications.send-mail']),
      )
      expect((await km('queue', 'list')).output).toContain('notifications.send-mail')
    })

    it('pauses a queue, which the doctor reports once its jobs are old, and resumes it', async () => {
      expect(await km('queue', 'pause', 'notifications.send-mail')).toMatchObject({ code: 0, output: 'notifications.send-mail is paused\n' })
      const stateOf = async () =>
        (read(await km('queue', 'list', '--json')) as { name: string; paused: boolean }[]).find(({ name }) => name === 'notifications.send-mail')
      expect(await stateOf()).toMatchObject({ paused: true })
      expect((await km('queue', 'list')).output).toContain('paused')
      expect(await km('queue', 'resume', 'notifications.send-mail')).toMatchObject({ code: 0 })
      expect(await stateOf()).toMatchObject({ paused: false })
    })

    it('delivers past events again, without further effect', async () => {
      const begunAtMs = Date.now()
      const { count } = read(await km('outbox', 'replay', '--from', yesterday, '--yes', '--json')) as { count: number }
      expect(count).toBeGreaterThan(0)
      await eventually(async () => {
        const lags = read(await km('outbox', 'lag', '--json')) as { oldestMs: number; dead: number }[]
        // Deliveries newer than the replay are canaries, of which one is always in progress.
        expect(lags.filter(({ oldestMs, dead }) => oldestMs > Date.now() - begunAtMs || dead > 0)).toEqual([])
      }, 30_000)
    }, 60_000)

    const since = ['outbox', 'replay', '--from', yesterday]
    it.each([
      [['outbox', 'replay', '--from', '2020-01-01', '--yes'], 1, /REPLAY_TOO_OLD/],
      [['outbox', 'replay', '--from', 'yesterday'], 2, /'yesterday' is invalid\. it is not a time/],
      [['outbox', 'replay', '--from', '12'], 2, /'12' is invalid\. it is not a time/],
      [['outbox', 'replay', '--from', '2026-01-02', '--to', '2026-01-01'], 2, /is not before --to/],
      [since, 2, /^\d+ deliveries of the events from .* will be made again: there is no terminal to ask on, so add --yes/],
      [[...since, '--schema', 'nope'], 1, /^There is no module nope: it is one of .*identity/],
      [[...since, '--subscriber', 'nope'], 1, /^There is no subscriber nope: it is one of .*search\.putPublished:content\.post-published/],
      [[...since, '--event', 'nope'], 1, /^There is no subscribed event nope: it is one of .*content\.post-published/],
      ...['show', 'pause', 'resume', 'retry', 'discard'].map(
        (command) => [['queue', command, 'nope'], 1, /^There is no kind of job nope: it is one of .*notifications\.send-mail/] as const,
      ),
      ...['show', 'retry', 'discard'].map(
        (command) => [['outbox', command, 'nope'], 1, /^There is no subscriber nope: it is one of .*search\.putPublished/] as const,
      ),
      [['outbox', 'subscribers', 'remove', 'nope'], 1, /^There is no subscriber nope: it is one of .*search\.putPublished/],
      [['queue', 'kinds', 'remove', 'nope'], 1, /^There is no kind of job nope: it is one of .*notifications\.send-mail/],
      [['queue', 'kinds', 'remove', 'notifications.send-mail'], 2, /a process answers for it: .* add --yes/],
    ] as const)('says what is wrong: km %j', async (parameters, code, words) => {
      const result = await km(...parameters)
      expect({ code: result.code, output: result.output }).toEqual({ code, output: '' })
      expect(result.errors).toMatch(words)
    })

    it('lists subscribers, and whether a process answers for them', async () => {
      expect(read(await km('outbox', 'subscribers', '--json'))).toContainEqual({
        ...{ schema: 'content', subscriber: 'search.putPublished:content.post-published', backlog: expect.any(Number) as number, dead: 0 },
      })
      expect((await km('queue', 'kinds')).output).toMatch(/notifications\.send-mail .* yes/)
    })

    it('reports a token without the right, an address where nothing answers, and one where another program does', async () => {
      const nobody = `http://127.0.0.1:${await freePorts(1)}`
      const [dead, other] = [{ KILOMEGA_INTERNAL_URL: nobody }, { KILOMEGA_INTERNAL_URL: system.environment['KILOMEGA_URL'] }]
      const bad = { KILOMEGA_TOKEN: 'a token that nobody has given' }
      for (const command of [['doctor'], ['outbox', 'lag'], ['outbox', 'subscribers'], ['queue', 'list'], ['queue', 'show', 'any']]) {
        const [down, elsewhere, refused] = [
          await system.kmWith(dead, ...command),
          await system.kmWith(other, ...command),
          await system.kmWith(bad, ...command),
        ]
        expect([down.code, elsewhere.code, refused.code]).toEqual([1, 1, 1])
        expect(down.output + down.errors).toContain(`${nobody} cannot be reached (ECONNREFUSED)`)
        expect(elsewhere.output + elsewhere.errors).toContain('404 NOT_FOUND')
        expect(refused.output + refused.errors).toContain('The token that was used is not, or no longer, good')
      }
    }, 60_000)

    it('has nothing to show if there are no dead letters', async () => {
      expect(await km('queue', 'show', 'notifications.send-mail')).toMatchObject({
        code: 0,
        output: 'notifications.send-mail has no dead letters\n',
      })
      const hearer = 'search.putPublished:content.post-published'
      expect(await km('outbox', 'show', hearer)).toMatchObject({ code: 0, output: `${hearer} has no dead letters\n` })
      for (const command of ['retry', 'discard']) expect(read(await km('outbox', command, hearer, '--json'))).toEqual({ count: 0 })
      expect(read(await km('queue', 'retry', 'notifications.send-mail', '--json'))).toEqual({ count: 0 })
      expect(read(await km('queue', 'discard', 'notifications.send-mail', '--json'))).toEqual({ count: 0 })
    })
  })

  it('imports documents once, however often it runs', async () => {
    expect(read(await km('import', sample, '--json'))).toMatchObject({ lines: 1_000, created: 1_000, unchanged: 0, badLines: [] })
    const again = await km('import', sample)
    expect(again.output).toContain('Nothing was added: 1000 documents exist already.')
    expect(again.code).toBe(0)
  }, 120_000)

  it('reports bad lines by their numbers, publishes the others, and fails', async () => {
    const file = join(system.folder, 'mixed.ndjson')
    writeFileSync(file, `{"name":"good","title":"A good one","body":""}\nno JSON\n{"name":"long","title":"${'x'.repeat(501)}","body":""}\n`)
    const result = await km('import', file, '--json')
    expect(read(result)).toMatchObject({ created: 1, badLines: [{ line: 2, problem: 'is not JSON' }, { line: 3 }] })
    expect(result.code).toBe(1)
  })

  it('reports an error in one line and fails', async () => {
    const result = await km('user', 'promote', 'nobody@example.org')
    expect(result.errors).toBe('POST /accounts/promotions was answered with 404 NOT_FOUND: The resource does not exist\n')
    expect(result.code).toBe(1)
  })

  it('exits with 2 when it is used wrongly', async () => {
    expect((await km('import')).code).toBe(2)
    expect((await km('dance')).code).toBe(2)
    expect((await km('import', '--help')).code).toBe(0)
  })

  it('starts only one system in a folder', async () => {
    const result = await km('start')
    expect(result.errors).toMatch(
      /^Kilomega runs in this folder already \(process \d+\), as tier 1k at \S+ with the API and PostgreSQL: stop it there with Ctrl-C/,
    )
    expect(result.code).toBe(1)
  })

  it('finds and ends processes left by a launcher that was killed with its guard, and starts again with all data', async () => {
    const orphan = Number(readFileSync(join(system.folder, '.kilomega/run/api.pid'), 'utf8'))
    process.kill(Number(readFileSync(join(system.folder, '.kilomega/run/guard.pid'), 'utf8')), 'SIGKILL')
    system.launcher.kill('SIGKILL')
    await once(system.launcher, 'exit')
    await system.launch()
    expect(system.launched).toContain('Ending an API that a killed launcher left behind')
    // The process has ended; its entry disappears once its new parent has reaped it.
    await eventually(() => expect(() => process.kill(orphan, 0)).toThrow('ESRCH'))
    expect(read(await km('import', sample, '--json'))).toMatchObject({ created: 0, unchanged: 1_000 })
  }, 120_000)

  it('stops in order and exits with 0 at Ctrl-C', async () => {
    const exited = once(system.launcher, 'exit')
    system.launcher.kill('SIGINT')
    expect(await exited).toEqual([0, null])
    expect(system.launched).toMatch(/Stopping the API[\s\S]*Stopping PostgreSQL/)
  }, 60_000)

  it('shows the last lines of an API that has crashed, and fails', async () => {
    await system.launch()
    const exited = once(system.launcher, 'exit')
    process.kill(Number(readFileSync(join(system.folder, '.kilomega/run/api.pid'), 'utf8')), 'SIGKILL')
    expect(await exited).toEqual([1, null])
    expect(system.launched).toContain('The API has crashed (SIGKILL); its last lines, of .kilomega/logs/api.log')
  }, 120_000)
})
