import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type ClientRequest, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@kilomega/config'
import { withLoneConnection } from '@kilomega/database'
import { eventually, openDatabase, type TestDatabase } from '@kilomega/testing'
import { AppProcess } from '../app-process.js'
import { migrate } from '../migrate.js'
import { byForm, isFullForm } from './full-form.js'
import { holds } from './ledger.js'
import { metricSum } from './metric-sum.js'

const budgetMs = byForm(5_000, 25_000)
const events = 30
/** A delivery that waits for the lock is given up after 0.8 of the lease: 30 of them in sequence take 24 s. */
const leaseMs = '1000'
/** The index and the receipts of search: its event handlers wait for the first, the hourly sweep over its ledger for the second. */
const lock = `BEGIN; LOCK TABLE search.document, search.command_receipt IN ACCESS EXCLUSIVE MODE`
const sweepWaits = `
  SELECT count(*)::int FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%DELETE FROM%search%command_receipt%'`
/** The first sweep starts a minute after the process: only the full form waits for it. */
const sweepWithinMs = 90_000

describe('a stop while everything is slow', () => {
  let database: TestDatabase
  let folder: string
  let api: AppProcess
  let token: string

  beforeAll(async () => {
    database = await openDatabase({ schema: 'test', migrations: [] })
    folder = await mkdtemp(join(tmpdir(), 'kilomega-stop-'))
    const settings = { DATABASE_URL: database.url, RELAY_LEASE_MS: leaseMs, PROCESS_STOP_TIMEOUT_MS: String(budgetMs) }
    await migrate(folder, settings)
    api = await AppProcess.start('api', folder, settings)
    token = await readFile(join(folder, '.kilomega/secrets/IDENTITY_OPERATOR_TOKEN'), 'utf8')
  }, 120_000)
  afterAll(async () => {
    await api?.kill()
    await database?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function publish(): Promise<void> {
    const documents = Array.from({ length: events }, (_, index) => ({
      key: `slow-${index}`,
      title: `Slow ${index}`,
      body: '',
      category: 'pier',
      tags: [],
    }))
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(new URL('/v1/imports/posts', api.publicUrl), { method: 'POST', headers, body: JSON.stringify({ documents }) })
    expect(answer.status).toBe(200)
  }

  /** A picture of which only the start ever arrives. */
  async function uploadSlowly(): Promise<ClientRequest> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=slow', 'content-length': '1000000' }
    const upload = request(new URL('/v1/media', api.publicUrl), { method: 'POST', headers })
    upload.on('error', () => undefined)
    upload.write('--slow\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\ncontent-type: image/png\r\n\r\nPNG')
    // The metrics request itself is in flight as well.
    await eventually(async () => expect(await metricSum(api, 'http_requests_in_flight')).toBeGreaterThan(1), 10_000)
    return upload
  }

  const signals = () =>
    api.said.flatMap((line) => {
      const { signal, part = '' } = (line.startsWith('{') ? JSON.parse(line) : {}) as { signal?: string; part?: string }
      return signal?.startsWith('process.stop') ? [`${signal} ${part}`.trim()] : []
    })

  holds('SLOW-STOP', 'each part has its share of the time: everything is closed in order, and in time', async (figures) => {
    await withLoneConnection(new Secret(database.url), async (client) => {
      await client.query(lock)
      await publish()
      await eventually(() => expect(api.said.some((line) => line.includes('"relay.delivery-failed"'))).toBe(true), 30_000)
      if (isFullForm)
        await eventually(
          async () => expect((await database.database.read((q) => q.query<{ count: number }>(sweepWaits)))[0]!.count).toBe(1),
          sweepWithinMs,
        )
      const upload = await uploadSlowly()
      figures.faultsHit = byForm(2, 3)

      const [stoppedMs, hungUp] = [performance.now(), new Promise((resolve) => upload.once('close', resolve))]
      const code = await api.stop()
      figures.recoveryMs = performance.now() - stoppedMs
      await hungUp

      expect({ code, first: signals()[0], last: signals().at(-1) }).toEqual({ code: 0, first: 'process.stopping', last: 'process.stopped' })
      expect(signals()).toContain('process.stop-cut http')
      expect(figures.recoveryMs).toBeLessThan(budgetMs)
    })
  })
})
