import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { EmbeddedPostgres } from '@kilomega/database'
import { describeWithOwnNats, eventually, openDatabase, type TestDatabase } from '@kilomega/testing'
import { apps, ColdShape, type Part } from './cold-shape.js'
import { byForm, isFullForm } from './full-form.js'
import { type Figures, holds } from './ledger.js'

const servesWithinMs = 20_000
const lateMs = byForm(3_000, 15_000)
/** Of the 24 orders these differ most: NATS first and last, each service before and after what it needs. */
const chosen: Part[][] = [
  ['nats', 'search', 'notifications', 'api'],
  ['api', 'search', 'notifications', 'nats'],
  ['search', 'nats', 'api', 'notifications'],
  ['notifications', 'api', 'nats', 'search'],
]
const orders = isFullForm ? ordersOf(['nats', ...apps]) : chosen

function ordersOf(parts: readonly Part[]): Part[][] {
  if (parts.length === 0) return [[]]
  return parts.flatMap((first) => ordersOf(parts.filter((part) => part !== first)).map((rest) => [first, ...rest]))
}

/** From the start of the last process until all of them serve. */
async function servesAfter(shape: ColdShape, startLast: () => Promise<void>, figures: Figures): Promise<void> {
  const lastMs = performance.now()
  await startLast()
  await shape.serves(servesWithinMs)
  figures.accepted = (figures.accepted ?? 0) + 1
  figures.recoveryMs = Math.max(figures.recoveryMs ?? 0, performance.now() - lastMs)
  expect(figures.recoveryMs).toBeLessThanOrEqual(servesWithinMs)
}

describeWithOwnNats('A shape that starts from nothing', () => {
  let database: TestDatabase
  let shape: ColdShape
  beforeAll(async () => {
    database = await openDatabase({ schema: 'test', migrations: [] })
    shape = await ColdShape.open(database.url)
  }, 120_000)
  afterAll(async () => {
    await shape?.close()
    await database.close()
  })

  holds('R45', 'NATS, API, search and notifications start in any order', async (figures) => {
    for (const order of orders) {
      for (const part of order.slice(0, -1)) await shape.start(part)
      await servesAfter(shape, () => shape.start(order.at(-1)!), figures)
      expect(await shape.stop()).toEqual([0, 0, 0])
    }
    figures.faultsHit = figures.accepted!
    expect(figures.faultsHit).toBe(orders.length)
  })

  holds('R45', 'NATS starts late: requests that do not need it are served before', async (figures) => {
    await Promise.all(apps.map((app) => shape.start(app)))
    await wait(lateMs)
    expect(await shape.statusOf('/v1/posts')).toBe(200)
    expect(await shape.statusOf('/v1/search?q=ship')).toBe(503)
    figures.faultsHit = 1
    await servesAfter(shape, () => shape.start('nats'), figures)
    expect(await shape.stop()).toEqual([0, 0, 0])
  })
})

describeWithOwnNats('A shape whose database starts late', () => {
  let folder: string
  let postgres: EmbeddedPostgres
  let shape: ColdShape
  const startPostgres = async (port: number) => (postgres = await EmbeddedPostgres.start({ folder: join(folder, 'postgres'), port, durable: false }))
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kilomega-late-'))
    await startPostgres(0)
    shape = await ColdShape.open(postgres.url.reveal())
    await postgres.stop()
  }, 120_000)
  afterAll(async () => {
    await shape?.close()
    await EmbeddedPostgres.remove(join(folder, 'postgres'))
    await rm(folder, { recursive: true, force: true })
  })

  const linesOf = (app: Part, signal: string) => shape.processes.get(app)!.said.filter((line) => line.includes(`"signal":"${signal}"`))

  holds('R45', 'PostgreSQL starts late: every process waits for it, and says so once', async (figures) => {
    await shape.start('nats')
    for (const app of apps) shape.spawn(app)
    for (const app of apps) await eventually(() => linesOf(app, 'database.not-there-yet').length === 1, 30_000)
    await wait(lateMs)
    figures.faultsHit = [...shape.processes.values()].filter(({ isRunning }) => isRunning).length
    await servesAfter(
      shape,
      async () => {
        await startPostgres(postgres.port)
        await Promise.all([...shape.processes.values()].map((one) => one.ready()))
      },
      figures,
    )
    expect(figures.faultsHit).toBe(apps.length)
    expect(apps.flatMap((app) => linesOf(app, 'database.not-there-yet'))).toHaveLength(apps.length)
    expect(await shape.stop()).toEqual([0, 0, 0])
  })

  holds('R45', 'PostgreSQL does not start at all: a process ends with one clear line', async (figures) => {
    await postgres.stop()
    const waiting = shape.spawn('search', { DATABASE_START_WAIT_MS: '1000' })
    await expect(waiting.ready()).rejects.toThrow(
      /The database at 127\.0\.0\.1:\d+ takes no connection \(.*ECONNREFUSED.*\): start it, or correct DATABASE_URL/,
    )
    figures.faultsHit = linesOf('search', 'database.not-there-yet').length
    expect(figures.faultsHit).toBe(1)
  })
})
