import { Migrating, notesOf } from '../../test/migrating.js'
import { outcome } from '../../test/server.js'
import { migrationOutside } from './migration-outside.js'
import { migration } from './migration.js'

const index = migrationOutside('202601020000-index-title', 'CREATE INDEX CONCURRENTLY note_title ON notes.note (title)')
const unique = migrationOutside('202601020000-index-title', 'CREATE UNIQUE INDEX CONCURRENTLY note_title ON notes.note (title)')
const drop = migrationOutside('202601030000-drop-index', 'DROP INDEX CONCURRENTLY notes.note_title')
const titles = [
  migration('202601020000-check-title', `ALTER TABLE notes.note ADD CONSTRAINT has_title CHECK (title <> '') NOT VALID`),
  migrationOutside('202601020001-validate-title', 'ALTER TABLE notes.note VALIDATE CONSTRAINT has_title'),
]

let world: Migrating
const valid = () => world.rows(`SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('notes.note_title')`)

beforeAll(async () => {
  world = await Migrating.open()
})
afterEach(() => world.empty())
afterAll(() => world.close())

/** The index as soon as it is in the catalogue, which is a moment after its statement has begun. */
async function begunIndex(): Promise<object> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline;) {
    const [found] = await world.rows<{ id: number | null }>(`SELECT to_regclass('notes.note_title')::oid AS id`)
    if (found!.id !== null) return found!
  }
  throw new Error('the index has not begun for 10 s')
}

it('an index is built while a writer is in the middle of its transaction, and the writer goes on', async () => {
  await world.migrate([notesOf(10)])
  const writer = await world.connect()
  await writer.query(`BEGIN; UPDATE notes.note SET title = 'mine' WHERE id = 1`)
  const migrating = world.migrate([notesOf(10), index])
  await world.running('CREATE INDEX')
  await world.rows(`UPDATE notes.note SET title = 'other' WHERE id = 2`)
  const begun = await begunIndex()
  // Longer than the 2 s that a step in a transaction waits.
  await writer.query('SELECT pg_sleep(3)')
  await writer.query('COMMIT')
  expect(await migrating).toBe(1)
  expect(await valid()).toEqual([{ valid: true }])
  // The first attempt, not a repeated one.
  expect(await begunIndex()).toEqual(begun)
  await writer.end()
}, 20_000)

it('an index that a killed process left half built is dropped and built again', async () => {
  await world.migrate([notesOf(10)])
  const reader = await world.connect()
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM notes.note')
  const killed = outcome(world.migrate([notesOf(10), index]))
  await begunIndex()
  await world.rows('SELECT pg_terminate_backend($1)', [await world.running('CREATE INDEX')])
  expect((await killed).message).toContain('step 202601020000-index-title of schema notes failed: ')
  expect(await valid()).toEqual([{ valid: false }])
  await reader.end()
  expect(await world.migrate([notesOf(10), index])).toBe(1)
  expect(await valid()).toEqual([{ valid: true }])
})

it('an index that was built and not yet recorded is not built again', async () => {
  await world.migrate([notesOf(10), index])
  const [before] = await world.rows(`SELECT 'notes.note_title'::regclass::oid AS id`)
  await world.rows('DELETE FROM notes.migration WHERE name = $1', [index.name])
  expect(await world.migrate([notesOf(10), index])).toBe(1)
  expect(await world.rows(`SELECT 'notes.note_title'::regclass::oid AS id`)).toEqual([before])
})

it('a unique index that its rows refuse leaves nothing behind that would refuse further rows', async () => {
  await world.migrate([notesOf(10)])
  await world.rows(`UPDATE notes.note SET title = 'same' WHERE id < 3`)
  const { message } = await outcome(world.migrate([notesOf(10), unique]))
  expect(message).toBe('step 202601020000-index-title of schema notes failed: could not create unique index "note_title"')
  expect(await valid()).toEqual([])
})

it('the index of another table is not taken for the one that is asked for', async () => {
  await world.migrate([
    notesOf(10),
    migration('202601010001-other', 'CREATE TABLE notes.other (a int)', 'CREATE INDEX note_title ON notes.other (a)'),
  ])
  expect((await outcome(world.migrate([notesOf(10), index]))).message).toBe(
    'notes.note_title is an index of other already: give the new index another name',
  )
})

it('an index is dropped once, and a second time is no error', async () => {
  await world.migrate([notesOf(10), index, drop])
  expect(await valid()).toEqual([])
  await world.rows('DELETE FROM notes.migration WHERE name = $1', [drop.name])
  expect(await world.migrate([notesOf(10), index, drop])).toBe(1)
})

it('a constraint is validated, and names the rows that break it', async () => {
  await world.migrate([notesOf(10)])
  await world.rows(`UPDATE notes.note SET title = '' WHERE id = 1`)
  expect((await outcome(world.migrate([notesOf(10), ...titles]))).message).toContain('check constraint "has_title" of relation "note" is violated')
  await world.rows(`UPDATE notes.note SET title = 'one' WHERE id = 1`)
  expect(await world.migrate([notesOf(10), ...titles])).toBe(1)
  expect(await world.rows(`SELECT convalidated FROM pg_constraint WHERE conname = 'has_title'`)).toEqual([{ convalidated: true }])
})

it('a process that waits for its turn does not hold up the index that another one builds', async () => {
  await world.migrate([notesOf(10)])
  const reader = await world.connect()
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM notes.note')
  const first = world.migrate([notesOf(10), index])
  await world.running('CREATE INDEX')
  const second = world.migrate([notesOf(10), index])
  await world.rows('SELECT pg_sleep(1)')
  await reader.end()
  expect(await Promise.all([first, second])).toEqual([1, 0])
}, 20_000)
