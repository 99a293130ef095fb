import { hashOf } from './migration-table.js'
import { migration } from './migration.js'

it('a migration is named by the minute and what it does', () => {
  expect(() => migration('create-posts', 'SELECT')).toThrow('a name is <yyyymmddhhmm>-<verb-noun>')
  expect(migration('202601310000-create-posts', 'SELECT').up).toEqual(['SELECT'])
})

it('an edited migration is recognised, a re-indented one is the same', () => {
  const name = '202601310000-create-posts'
  expect(hashOf(migration(name, 'CREATE TABLE a (\n  b int)'))).toBe(hashOf(migration(name, 'CREATE TABLE a ( b int)')))
  expect(hashOf(migration(name, 'CREATE TABLE a (b int)'))).not.toBe(hashOf(migration(name, 'CREATE TABLE a (c int)')))
})
