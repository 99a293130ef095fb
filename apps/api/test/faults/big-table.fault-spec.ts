import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { eventually, openDatabase, type TestDatabase } from '@kilomega/testing'
import { Pool } from 'pg'
import { byForm } from './full-form.js'
import { holds } from './ledger.js'
import { SteadyWrites } from './steady-writes.js'

const rows = byForm(50_000, 2_000_000)
const batch = byForm(1_000, 5_000)
const perSecond = 200
/** The short form runs while other tests run. */
const p99LimitMs = byForm(1_000, 250)
const program = join(import.meta.dirname, 'big-table-migrator.mjs')

const create = `CREATE TABLE harbour.ship (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, log text NOT NULL)`
const fill = `INSERT INTO harbour.ship (name, log) SELECT 'Ship ' || n, repeat('Fair wind, nothing to report. ', 5) FROM generate_series(1, $1::int) n`
const state = `
  SELECT (SELECT count(*)::int FROM harbour.ship WHERE slug IS DISTINCT FROM lower(name)) AS wrong,
    (SELECT attnotnull FROM pg_attribute WHERE attrelid = 'harbour.ship'::regclass AND attname = 'slug') AS required,
    (SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('harbour.ship_slug')) AS indexed,
    (SELECT count(*)::int FROM pg_constraint WHERE conrelid = 'harbour.ship'::regclass AND contype = 'c') AS checks`

let database: TestDatabase
let pool: Pool

/** Like `kill -9`: the process has no chance to tidy up. */
async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'close')
}

function start(phase: 'expand' | 'fill'): ChildProcess {
  return spawn(process.execPath, [program, phase, database.url, String(batch)], { stdio: ['ignore', 'ignore', 'inherit'] })
}

async function run(phase: 'expand' | 'fill'): Promise<void> {
  const [code] = (await once(start(phase), 'close')) as [number]
  expect(code).toBe(0)
}

const one = async <Row extends object>(sql: string): Promise<Row | undefined> => (await pool.query<Row>(sql)).rows[0]

const seen = async (): Promise<number> => (await one<{ seen: number }>('SELECT rows_seen::int AS seen FROM harbour.migration_progress'))?.seen ?? 0

async function killDuringBackfill(): Promise<number> {
  const child = start('fill')
  await eventually(async () => expect(await seen()).toBeGreaterThan(rows / 4), 600_000)
  await kill(child)
  return seen()
}

async function killDuringIndex(): Promise<void> {
  const child = start('fill')
  const building = `SELECT 1 AS found FROM pg_stat_progress_create_index WHERE phase LIKE 'building index%'`
  await eventually(async () => expect(await one(building)).toBeDefined(), 600_000)
  await kill(child)
  await eventually(async () => expect(await one(building)).toBeUndefined(), 10_000)
  expect(await one(state)).toMatchObject({ indexed: false })
}

describe('A big table under writes', () => {
  beforeAll(async () => {
    database = await openDatabase({ schema: 'harbour', migrations: [], settings: { DATABASE_STATEMENT_TIMEOUT_MS: '600000' } })
    pool = new Pool({ connectionString: database.url, max: 20 })
    await pool.query(create)
    await pool.query(fill, [rows])
    await pool.query('VACUUM ANALYZE harbour.ship')
  }, 600_000)
  afterAll(async () => {
    await pool.end()
    await database.close()
  })

  holds(
    'BIG-TABLE',
    'gets a column, filled, required and indexed, while its migrating process is killed and no writer notices',
    async (figures) => {
      const writes = new SteadyWrites(pool, rows, perSecond)
      const beganMs = performance.now()
      await run('expand')
      writes.knowsSlug = true
      const stoodAt = await killDuringBackfill()
      figures.faultsHit = 1
      if (byForm(false, true)) {
        await killDuringIndex()
        figures.faultsHit = 2
      }
      await run('fill')
      figures.recoveryMs = performance.now() - beganMs
      await writes.stop()
      figures.accepted = writes.tookMs.length
      figures.p99Ms = writes.tookMs.toSorted((a, b) => a - b)[Math.floor(0.99 * writes.tookMs.length)]!
      process.stdout.write(`longest write ${Math.max(...writes.tookMs).toFixed(0)} ms, errors ${writes.errors.length}, killed at row ${stoodAt}\n`)
      expect(writes.errors).toEqual([])
      expect(figures.p99Ms).toBeLessThanOrEqual(p99LimitMs)
      expect(stoodAt).toBeLessThan(rows)
      expect(await one(state)).toEqual({ wrong: 0, required: true, indexed: true, checks: 0 })
    },
    1_800_000,
  )
})
