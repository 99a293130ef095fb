import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedPostgres } from '@kilomega/database'
import { eventually } from '@kilomega/testing'
import { AppProcess } from './app-process.js'
import { migrate } from './migrate.js'

let folder: string
let postgres: EmbeddedPostgres
let api: AppProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilomega-outage-'))
  postgres = await EmbeddedPostgres.start({ folder: join(folder, 'postgres'), port: 0, durable: false })
  const settings = { DATABASE_URL: postgres.url.reveal(), QUEUE_LOCK_MS: '1000' }
  await migrate(folder, settings)
  api = await AppProcess.start('api', folder, settings)
}, 60_000)

afterAll(async () => {
  await api.kill()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
})

const ask = (path: string, init: RequestInit = {}) => fetch(new URL(path, api.publicUrl), { ...init, signal: AbortSignal.timeout(10_000) })
const statusOf = async (path: string) => (await ask(path)).status
const register = (email: string) =>
  ask('/v1/accounts', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'a long and salty password', name: 'Sailor' }),
  })

describe('R37: while the database is stopped', () => {
  beforeAll(() => postgres.stop(), 30_000)

  it('readiness fails within 5 s, and liveness does not', async () => {
    await eventually(async () => expect(await statusOf('/health/ready')).toBe(503), 5_000)
    expect(await statusOf('/health/live')).toBe(200)
  })

  it('requests that need it are refused as unavailable, with a time after which to retry', async () => {
    const answer = await register('ada@example.org')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await answer.json()).toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' })
  })
})

describe('R37: when the database is back', () => {
  beforeAll(async () => {
    postgres = await EmbeddedPostgres.start({ folder: join(folder, 'postgres'), port: postgres.port, durable: false })
  }, 30_000)

  it('the same process is ready within 10 s and does its work, jobs included', async () => {
    const { pid } = api
    await eventually(async () => expect(await statusOf('/health/ready')).toBe(200), 10_000)
    expect((await register('bob@example.org')).status).toBe(202)
    await eventually(async () => {
      const { items } = (await (await fetch(new URL('/mail.json?to=bob@example.org', api.internalUrl))).json()) as { items: unknown[] }
      expect(items).toHaveLength(1)
    }, 10_000)
    expect(() => process.kill(pid, 0)).not.toThrow()
  })

  it('it still stops in an orderly way', async () => {
    expect(await api.stop()).toBe(0)
  })
})
