import { hashOf } from './migration-table.js'
import { migrationOutside } from './migration-outside.js'

const step = (statement: string) => migrationOutside('202612010100-try', statement)

it.each([
  ['CREATE INDEX CONCURRENTLY post_title ON content.post (title)', { does: 'create index', schema: 'content', index: 'post_title', table: 'post' }],
  [
    'create unique index concurrently "Post" on content."Post" USING btree (a)',
    { does: 'create index', schema: 'content', index: 'Post', table: 'Post' },
  ],
  ['DROP INDEX CONCURRENTLY content.post_title', { does: 'drop index', schema: 'content', index: 'post_title' }],
  ['ALTER TABLE content.post\n  VALIDATE CONSTRAINT slug', { does: 'validate' }],
])('%s can be repeated', (statement, expected) => {
  expect(step(statement).statement).toEqual(expected)
})

it.each([
  ['CREATE INDEX post_title ON content.post (title)', 'it locks out writers'],
  ['CREATE INDEX CONCURRENTLY IF NOT EXISTS post_title ON content.post (title)', 'it takes half an index for a whole one'],
  ['CREATE INDEX CONCURRENTLY ON content.post (title)', 'each repetition would make one more'],
  ['CREATE INDEX CONCURRENTLY post_title ON post (title)', 'the schema is missing'],
  ['DROP INDEX CONCURRENTLY post_title', 'the schema is missing'],
  ['UPDATE content.post SET slug = 1', 'it is a backfill'],
  ['VACUUM content.post', 'it is no change of the schema'],
])('%s is refused: %s', (statement) => {
  expect(() => step(statement)).toThrow('outside of a transaction a step is one of CREATE [UNIQUE] INDEX CONCURRENTLY')
})

it('is known by its text: an edited one has another hash, a re-indented one the same', () => {
  expect(hashOf(step('DROP INDEX CONCURRENTLY  content.a'))).toBe(hashOf(step('DROP INDEX CONCURRENTLY content.a')))
  expect(hashOf(step('DROP INDEX CONCURRENTLY content.a'))).not.toBe(hashOf(step('DROP INDEX CONCURRENTLY content.b')))
})
