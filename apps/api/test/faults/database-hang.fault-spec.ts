import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, openDatabase, TcpProxy, type TestDatabase } from '@kilomega/testing'
import { AppProcess } from '../app-process.js'
import { migrate } from '../migrate.js'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'
import { type TestRequest, Load } from './load.js'
import { countEnds, type Outcome, succeeded } from './outcomes.js'

const perSecond = byForm(20, 50)
const hungMs = byForm(6_000, 20_000)
const beforeMs = 2_000
const backWithinMs = 5_000
const clientDeadlineMs = 15_000

describe('The database hangs, and no server listens on its port: a failover', () => {
  let [database, proxy, api]: [TestDatabase?, TcpProxy?, AppProcess?] = []
  let folder: string
  let token: string
  beforeAll(async () => {
    database = await openDatabase({ schema: 'test', migrations: [] })
    folder = await mkdtemp(join(tmpdir(), 'kilomega-hang-'))
    await migrate(folder, { DATABASE_URL: database.url })
    const url = new URL(database.url)
    proxy = await TcpProxy.open({ port: Number(url.port) })
    url.port = String(proxy.port)
    api = await AppProcess.start('api', folder, { DATABASE_URL: url.href })
    token = await readFile(join(folder, '.kilomega/secrets/IDENTITY_OPERATOR_TOKEN'), 'utf8')
  }, 120_000)
  afterAll(async () => {
    await api?.kill()
    await proxy?.close()
    await database?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const next = (index: number): TestRequest => {
    const json = { title: `Ship ${index}`, body: 'A log.', category: 'harbour' }
    const all: TestRequest[] = [
      { kind: 'list', path: '/v1/posts?limit=5' },
      { kind: 'search', path: '/v1/search?q=ship&limit=5' },
      { kind: 'me', path: '/v1/me', token },
      { kind: 'draft', method: 'POST', path: '/v1/posts', token, headers: { 'idempotency-key': `ship ${index}` }, json },
    ]
    return all[index % all.length]!
  }

  const signalLines = (signal: string) => api!.said.filter((line) => line.includes(`"signal":"${signal}"`))

  holds(
    'DATABASE-HANG',
    'requests are refused as unavailable or in time, the process stays alive, and everything works again within 5 s after the end',
    async (figures) => {
      const load = Load.start({ url: api!.publicUrl, perSecond, deadlineMs: clientDeadlineMs, next })
      await eventually(() => load.nowMs() >= beforeMs, 2 * beforeMs)
      const beganMs = load.nowMs()
      proxy!.hang()
      proxy!.refuse()
      await eventually(() => load.nowMs() >= beganMs + hungMs, 2 * hungMs)
      await proxy!.heal()
      const healedMs = load.nowMs()
      await eventually(() => load.nowMs() >= healedMs + 2 * backWithinMs, 4 * backWithinMs)
      const outcomes = await load.stop()

      const failed = outcomes.filter((outcome) => !succeeded(outcome))
      figures.faultsHit = failed.filter(({ dueMs }) => dueMs >= beganMs && dueMs < healedMs).length
      figures.recoveryMs = Math.max(0, ...failed.map(({ dueMs }) => dueMs - healedMs))
      expect(signalLines('process.crashed')).toEqual([])
      expect(api!.isRunning).toBe(true)
      expect(Object.keys(countEnds(failed)).filter((end) => !/^50[34] /.test(end))).toEqual([])
      expect(figures.faultsHit).toBeGreaterThan((perSecond * hungMs) / 2_000)
      expect(figures.recoveryMs).toBeLessThanOrEqual(backWithinMs)
      expect(goodOf(outcomes, healedMs + backWithinMs)).toBeGreaterThan((perSecond * backWithinMs) / 2_000)
      await eventually(async () => expect((await fetch(new URL('/health/ready', api!.publicUrl))).status).toBe(200), backWithinMs)
    },
  )

  const goodOf = (outcomes: readonly Outcome[], sinceMs: number) =>
    outcomes.filter((outcome) => succeeded(outcome) && outcome.dueMs >= sinceMs).length
})
