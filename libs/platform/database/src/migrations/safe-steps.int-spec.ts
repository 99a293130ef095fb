import { Migrating, notesOf } from '../../test/migrating.js'
import { outcome } from '../../test/server.js'
import { backfill } from './backfill.js'
import { migration } from './migration.js'
import { addColumn, addForeignKey, addUnique, requireValues } from './safe-steps.js'

const note = notesOf(100)
const slug = { table: 'notes.note', column: 'slug' }
const addSlug = addColumn('202601020000-add-slug', { ...slug, type: 'text' })
const fillSlug = backfill('202601020001-fill-slug', { table: 'notes.note', key: 'id', set: 'slug = lower(title)' })
const requireSlug = requireValues('202601020002-require-slug', slug)
const uniqueSlug = addUnique('202601020003-unique-slug', { table: 'notes.note', columns: ['slug'], constraint: 'note_slug' })
const copies = migration('202601020004-create-copy', 'CREATE TABLE notes.copy (note_id int)', 'INSERT INTO notes.copy VALUES (1), (999)')
const copyOf = addForeignKey('202601020005-copy-of', {
  ...{ table: 'notes.copy', columns: ['note_id'], constraint: 'copy_of' },
  references: { table: 'notes.note', columns: ['id'] },
})

let world: Migrating
beforeAll(async () => {
  world = await Migrating.open()
})
afterEach(() => world.empty())
afterAll(() => world.close())

const constraints = (): Promise<unknown[]> =>
  world.rows(
    `SELECT conname AS name, convalidated AS valid FROM pg_constraint WHERE connamespace = 'notes'::regnamespace AND contype IN ('c', 'u', 'f') ORDER BY 1`,
  )

it('a column is added, filled, made NOT NULL and unique, and no check is left over', async () => {
  await world.migrate([note, addSlug, fillSlug, ...requireSlug, ...uniqueSlug])
  expect(await constraints()).toEqual([{ name: 'note_slug', valid: true }])
  expect((await outcome(world.client.query(`INSERT INTO notes.note VALUES (101, 'x')`))).message).toContain('null value in column "slug"')
  expect((await outcome(world.client.query(`INSERT INTO notes.note VALUES (101, 'x', 'note 1')`))).message).toContain('"note_slug"')
})

it('NOT NULL does not scan the table: the check proves it', async () => {
  await world.migrate([note, addSlug, fillSlug, ...requireSlug.slice(0, 2)])
  await world.client.query(`SET client_min_messages = debug1`)
  const notices: string[] = []
  world.client.on('notice', ({ message }) => notices.push(message ?? ''))
  for (const statement of requireSlug[2]!.up) await world.client.query(statement)
  expect(notices).toContain('existing constraints on column "note.slug" are sufficient to prove that it does not contain nulls')
})

it('NOT NULL stops at the scan if rows are missing, new rows are checked all the same, and it goes on once they are filled', async () => {
  const { message } = await outcome(world.migrate([note, addSlug, ...requireSlug]))
  expect(message).toContain('step 202601020002-require-slug-2-validate of schema notes failed: check constraint "note_slug_is_set"')
  expect((await outcome(world.client.query(`INSERT INTO notes.note VALUES (101, 'x')`))).message).toContain('"note_slug_is_set"')
  await world.rows('UPDATE notes.note SET slug = lower(title)')
  expect(await world.migrate([note, addSlug, ...requireSlug])).toBe(2)
})

it('a foreign key holds for new rows at once, and for all once they are right', async () => {
  const { message } = await outcome(world.migrate([note, copies, ...copyOf]))
  expect(message).toContain('202601020005-copy-of-2-validate of schema notes failed: insert or update on table "copy" violates')
  expect((await outcome(world.client.query('INSERT INTO notes.copy VALUES (998)'))).message).toContain('"copy_of"')
  await world.rows('DELETE FROM notes.copy WHERE note_id = 999')
  expect(await world.migrate([note, copies, ...copyOf])).toBe(1)
  expect(await constraints()).toEqual([{ name: 'copy_of', valid: true }])
})
