import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, openDatabase, type TestDatabase } from '@kilomega/testing'
import { AppProcess } from '../app-process.js'
import { migrate } from '../migrate.js'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'
import { type TestRequest, Load } from './load.js'
import { countEnds, quantileMs, succeeded } from './outcomes.js'

const writers = 40
const perSecond = byForm(20, 50)
const measuredMs = byForm(3_000, 8_000)
const reads = ['/v1/posts?limit=5', '/v1/me', '/health/ready']
/** The short form shares its machine with other tests. */
const p99LimitMs = (quietMs: number) => Math.max(byForm(1_000, 100), 3 * quietMs)

describe('A row that another session has locked', () => {
  let [database, api]: [TestDatabase?, AppProcess?] = []
  let folder: string
  let token: string
  beforeAll(async () => {
    database = await openDatabase({ schema: 'test', migrations: [] })
    folder = await mkdtemp(join(tmpdir(), 'kilomega-lock-'))
    await migrate(folder, { DATABASE_URL: database.url })
    // Each writer is its own request, and all come from one address.
    api = await AppProcess.start('api', folder, { DATABASE_URL: database.url })
    token = await readFile(join(folder, '.kilomega/secrets/IDENTITY_OPERATOR_TOKEN'), 'utf8')
  }, 120_000)
  afterAll(async () => {
    await api?.kill()
    await database?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const post = (path: string, json?: unknown) =>
    fetch(new URL(path, api!.publicUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...(json !== undefined && { 'content-type': 'application/json' }) },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      signal: AbortSignal.timeout(15_000),
    })

  async function measure() {
    const next = (index: number): TestRequest => ({ kind: 'read', path: reads[index % reads.length]!, token })
    const load = Load.start({ url: api!.publicUrl, perSecond, deadlineMs: 10_000, next })
    await eventually(() => load.nowMs() >= measuredMs, 4 * measuredMs)
    return load.stop()
  }

  holds('LOCKED-ROW', 'delays only writes to it, but not reads, readiness or other writes', async (figures) => {
    const { id } = (await (await post('/v1/posts', { title: 'Ship', body: 'A log.', category: 'harbour' })).json()) as { id: string }
    const quiet = quantileMs(await measure(), 0.99)
    const statuses: number[] = []
    let [release, locked] = [() => undefined as void, () => undefined as void]
    const isLocked = new Promise<void>((resolve) => (locked = resolve))
    const held = database!.database.write(async (transaction) => {
      await transaction.query('SELECT FROM content.post WHERE id = $1 FOR UPDATE', [id])
      locked()
      const keepAlive = setInterval(() => void transaction.query('SELECT 1'), 1_000)
      await new Promise<void>((resolve) => (release = resolve))
      clearInterval(keepAlive)
    })
    await isLocked
    let isOver = false
    const write = async (): Promise<void> => {
      while (!isOver) statuses.push((await post(`/v1/posts/${id}/publish`)).status)
    }
    const writing = Promise.all(Array.from({ length: writers }, write))
    const outcomes = await measure()
    const other = await post('/v1/accounts', { email: 'ada@example.org', password: 'a long and salty password', name: 'Ada' })
    isOver = true
    await writing
    release()
    await held

    figures.p99Ms = quantileMs(outcomes, 0.99)
    figures.faultsHit = statuses.filter((status) => status === 503 || status === 504).length
    expect(countEnds(outcomes.filter((outcome) => !succeeded(outcome)))).toEqual({})
    expect(other.status).toBe(202)
    expect([...new Set(statuses)].filter((status) => status !== 503 && status !== 504)).toEqual([])
    expect(figures.faultsHit).toBeGreaterThanOrEqual(writers)
    expect(figures.p99Ms).toBeLessThanOrEqual(p99LimitMs(quiet))
    expect((await post(`/v1/posts/${id}/publish`)).status).toBe(200)
  })
})
