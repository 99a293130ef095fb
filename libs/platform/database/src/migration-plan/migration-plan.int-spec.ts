import { Migrating, notesOf } from '../../test/migrating.js'
import { backfill } from '../migrations/backfill.js'
import { migrationOutside } from '../migrations/migration-outside.js'
import { type Migration, migration } from '../migrations/migration.js'
import { addColumn, requireValues } from '../migrations/safe-steps.js'
import { planMigrations } from './migration-plan.js'

let world: Migrating
beforeAll(async () => {
  world = await Migrating.open()
})
afterEach(() => world.empty())
afterAll(() => world.close())

const slug = { table: 'notes.note', column: 'slug' }
const big = [notesOf(50_000)]
const pending = [
  addColumn('202601020000-add-slug', { ...slug, type: 'text' }),
  backfill('202601020001-fill-slug', { table: 'notes.note', key: 'id', set: 'slug = lower(title)' }),
  ...requireValues('202601020002-require-slug', slug),
  migrationOutside('202601020003-index-slug', 'CREATE INDEX CONCURRENTLY note_slug ON notes.note (slug)'),
]

const plan = (migrations: readonly Migration[]) => planMigrations(world.server.url, [{ schema: 'notes', migrations }])

async function linesOf(migrations: readonly Migration[]): Promise<string[]> {
  const steps = await plan(migrations)
  return steps.flatMap(({ name, locks }) =>
    locks.map(({ what, table, lock, holdsUp, work }) => [name.slice(13), what, table, lock, holdsUp, work].join(' | ')),
  )
}

it('says of each pending step what it locks, who waits, and what it does with the table, and changes nothing', async () => {
  await world.migrate(big)
  await world.rows('ANALYZE notes.note')
  const before = await world.rows(`SELECT relname, relfilenode FROM pg_class WHERE relnamespace = 'notes'::regnamespace ORDER BY 1`)
  expect(await linesOf([...big, ...pending])).toEqual([
    'add-slug | ALTER TABLE ADD COLUMN | notes.note | ACCESS EXCLUSIVE | readers and writers | none',
    'fill-slug | backfill | notes.note | ROW EXCLUSIVE | nobody | batches',
    'require-slug-1-check | ALTER TABLE ADD CONSTRAINT | notes.note | ACCESS EXCLUSIVE | readers and writers | none',
    'require-slug-2-validate | ALTER TABLE VALIDATE CONSTRAINT | notes.note | SHARE UPDATE EXCLUSIVE | nobody | scan',
    'require-slug-3-require | ALTER TABLE SET NOT NULL | notes.note | ACCESS EXCLUSIVE | readers and writers | none',
    'require-slug-3-require | ALTER TABLE DROP CONSTRAINT | notes.note | ACCESS EXCLUSIVE | readers and writers | none',
    'index-slug | CREATE INDEX CONCURRENTLY | notes.note | SHARE UPDATE EXCLUSIVE | nobody | index',
  ])
  expect(await world.rows(`SELECT relname, relfilenode FROM pg_class WHERE relnamespace = 'notes'::regnamespace ORDER BY 1`)).toEqual(before)
})

it('knows the size of a table and how long that takes, roughly', async () => {
  await world.migrate(big)
  await world.rows('ANALYZE notes.note')
  const [fill] = await plan([...big, pending[1]!])
  expect(fill!.locks[0]).toMatchObject({ rows: 50_000, seconds: 5, takes: 'in batches, about 5 s' })
  expect(fill!.locks[0]!.bytes).toBeGreaterThan(1_000_000)
})

it('NOT NULL scans the table unless a check proves it, which may be there already or come in an earlier step', async () => {
  const require = migration('202601030000-require', 'ALTER TABLE notes.note ALTER COLUMN slug SET NOT NULL')
  const steps = [...big, pending[0]!]
  await world.migrate(steps)
  expect(await linesOf([...steps, require])).toEqual([expect.stringMatching(/\| scan$/)])
  await world.rows('ALTER TABLE notes.note ADD CONSTRAINT is_set CHECK (slug IS NOT NULL) NOT VALID')
  expect(await linesOf([...steps, require])).toEqual([expect.stringMatching(/\| scan$/)])
  await world.rows(`UPDATE notes.note SET slug = ''; ALTER TABLE notes.note VALIDATE CONSTRAINT is_set`)
  expect(await linesOf([...steps, require])).toEqual([expect.stringMatching(/\| none$/)])
})

it('a step on tables that do not exist yet locks nothing, and a new database has only such steps', async () => {
  expect(await plan(big)).toEqual([{ schema: 'notes', name: '202601010000-create-note', kind: 'transaction', locks: [] }])
  expect(await world.rows(`SELECT FROM pg_namespace WHERE nspname = 'notes'`)).toEqual([])
})

it('counts the partitions of a table, and finds the table of an index', async () => {
  const days = migration(
    '202601010000-create-days',
    'CREATE TABLE notes.days (id int, at date) PARTITION BY RANGE (at)',
    'CREATE INDEX days_id ON notes.days (id)',
    `CREATE TABLE notes.week PARTITION OF notes.days FOR VALUES FROM ('2026-01-01') TO ('2026-01-08')`,
    `INSERT INTO notes.days SELECT n, '2026-01-02' FROM generate_series(1, 1000) n`,
  )
  await world.migrate([days])
  await world.rows('ANALYZE notes.days')
  const [step] = await plan([days, migration('202601020000-drop', 'DROP INDEX notes.days_id')])
  expect(step!.locks).toMatchObject([{ table: 'notes.days', rows: 1_000, lock: 'ACCESS EXCLUSIVE' }])
})

it('does not pretend to know what a block of code does', async () => {
  await world.migrate(big)
  const [step] = await plan([...big, migration('202601020000-do', 'DO $$ BEGIN DELETE FROM notes.note; END $$')])
  expect(step!.locks).toMatchObject([{ what: 'DO', table: null, lock: null, seconds: null, takes: 'not known from its text' }])
})
