import { Migrating, notesOf } from '../../test/migrating.js'
import { outcome } from '../../test/server.js'
import type { BackfillProgress } from './backfill-progress.js'
import { backfill, type BackfillOptions } from './backfill.js'
import { migration } from './migration.js'

const addSlug = migration('202601020000-add-slug', 'ALTER TABLE notes.note ADD COLUMN slug text, ADD COLUMN times int NOT NULL DEFAULT 0')
const before = [notesOf(1_000), addSlug]
const fill = (options: Partial<BackfillOptions> = {}) =>
  backfill('202601030000-fill-slug', {
    ...{ table: 'notes.note', key: 'id', set: 'slug = lower(title), times = times + 1', batch: 100, pause: 0 },
    ...options,
  })
const missing = `SELECT count(*)::int AS count FROM notes.note WHERE slug IS DISTINCT FROM lower(title) OR times <> 1`

let world: Migrating
beforeAll(async () => {
  world = await Migrating.open()
})
afterEach(() => world.empty())
afterAll(() => world.close())

it('fills a column in batches, says after each how far it is, and runs once', async () => {
  const shown: BackfillProgress[] = []
  const onProgress = (_: string, __: string, progress: BackfillProgress) => shown.push(progress)
  await world.migrate(before)
  await world.rows('ANALYZE notes.note')
  expect(await world.migrate([...before, fill()], { onProgress })).toBe(1)
  expect(await world.rows(missing)).toEqual([{ count: 0 }])
  expect(shown.slice(0, 2)).toEqual([
    { lastKey: ['100'], seen: 100, changed: 100, about: 1_000 },
    { lastKey: ['200'], seen: 200, changed: 200, about: 1_000 },
  ])
  expect(shown.at(-1)).toEqual({ lastKey: ['1000'], seen: 1_000, changed: 1_000, about: 1_000 })
  expect(await world.migrate([...before, fill()])).toBe(0)
})

it('goes on after the last finished batch if it was stopped, and no row is done twice', async () => {
  await world.migrate(before)
  const stopAt = (_: string, __: string, { seen }: BackfillProgress) => {
    if (seen === 300) throw new Error('killed')
  }
  const { message } = await outcome(world.migrate([...before, fill()], { onProgress: stopAt }))
  expect(message).toBe('step 202601030000-fill-slug of schema notes stopped, and goes on from there when it is repeated: killed')
  const stands = await world.rows('SELECT name, last_key, rows_seen::int, rows_changed::int FROM notes.migration_progress')
  expect(stands).toEqual([{ name: '202601030000-fill-slug', last_key: ['300'], rows_seen: 300, rows_changed: 300 }])
  // The pace may change; how far it is, stays.
  expect(await world.migrate([...before, fill({ batch: 400 })])).toBe(1)
  expect(await world.rows(missing)).toEqual([{ count: 0 }])
})

it('begins again if what it writes was edited before it was done', async () => {
  await world.migrate(before)
  const stop = () => {
    throw new Error('killed')
  }
  await outcome(world.migrate([...before, fill({ set: `slug = 'wrong'` })], { onProgress: stop }))
  await world.migrate([...before, fill()])
  expect(await world.rows(missing)).toEqual([{ count: 0 }])
})

it('writes only the rows that need it', async () => {
  await world.migrate(before)
  await world.rows(`UPDATE notes.note SET slug = lower(title), times = 1 WHERE id % 10 <> 0`)
  const shown: BackfillProgress[] = []
  await world.migrate([...before, fill({ where: 'slug IS NULL' })], { onProgress: (_, __, progress) => shown.push(progress) })
  expect(shown.at(-1)).toMatchObject({ seen: 1_000, changed: 100 })
  expect(await world.rows(missing)).toEqual([{ count: 0 }])
})

it('walks along a key of several columns, of any type', async () => {
  const tags = migration(
    '202601020001-create-tag',
    `CREATE TABLE notes.tag (tag text, at timestamptz(3), id uuid, "Done" boolean, PRIMARY KEY (tag, at, id))`,
    `INSERT INTO notes.tag SELECT 'tag ' || n % 3, now() - n % 7 * interval '1 millisecond', uuidv7() FROM generate_series(1, 500) n`,
  )
  const step = backfill('202601030000-mark', { table: 'notes.tag', key: ['tag', 'at', 'id'], set: '"Done" = true', batch: 7, pause: 0 })
  await world.migrate([...before, tags, step])
  expect(await world.rows('SELECT "Done", count(*)::int FROM notes.tag GROUP BY 1')).toEqual([{ Done: true, count: 500 }])
})

it('a row that a writer holds is waited for, and the batch is repeated', async () => {
  await world.migrate(before)
  const writer = await world.connect()
  await writer.query('BEGIN; UPDATE notes.note SET title = title WHERE id = 150')
  const migrating = world.migrate([...before, fill()])
  await writer.query('SELECT pg_sleep(3)')
  await writer.end()
  expect(await migrating).toBe(1)
  expect(await world.rows(missing)).toEqual([{ count: 0 }])
}, 20_000)

it('a key that is not one is refused with the words that mend it', async () => {
  const { message } = await outcome(world.migrate([...before, fill({ key: 'title' })]))
  expect(message).toBe('"notes"."note" has no unique index on title: as key, name its primary key')
})
