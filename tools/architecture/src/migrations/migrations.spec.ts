import { addColumn, addForeignKey, addUnique, backfill, migration, type Migration, migrationOutside, requireValues } from '@kilomega/database'
import { ledgerMigrations } from '@kilomega/messaging'
import { platformMigrations } from '@kilomega/process'
import { loadSystem } from '../pages/loaded-system.js'
import { ranAlready } from './ran-already.js'
import { judge } from './squawk.js'

const name = '202612010100-try'
const inTransaction = (...statements: string[]): Migration[] => [migration(name, ...statements)]

const refused: [rule: string, what: string, steps: Migration[]][] = [
  ['require-concurrent-index-creation', 'an index of an existing table', inTransaction('CREATE INDEX post_title ON content.post (title)')],
  ['require-concurrent-index-deletion', 'an index that is dropped', inTransaction('DROP INDEX content.post_title')],
  [
    'ban-concurrent-index-creation-in-transaction',
    'CONCURRENTLY in a transaction',
    inTransaction('SELECT 1', 'CREATE INDEX CONCURRENTLY a ON content.post (a)'),
  ],
  ['adding-required-field', 'a column that old writers leave out', inTransaction('ALTER TABLE content.post ADD COLUMN slug text NOT NULL')],
  ['adding-field-with-default', 'a default for each row', inTransaction('ALTER TABLE content.post ADD COLUMN key uuid DEFAULT gen_random_uuid()')],
  ['adding-not-nullable-field', 'NOT NULL without proof', inTransaction('ALTER TABLE content.post ALTER COLUMN slug SET NOT NULL')],
  ['changing-column-type', 'another type', inTransaction('ALTER TABLE content.post ALTER COLUMN version TYPE bigint')],
  ['constraint-missing-not-valid', 'a check of all rows', inTransaction(`ALTER TABLE content.post ADD CONSTRAINT a CHECK (title <> '')`)],
  [
    'adding-foreign-key-constraint',
    'a foreign key',
    inTransaction('ALTER TABLE content.post ADD CONSTRAINT a FOREIGN KEY (a) REFERENCES content.b (id)'),
  ],
  ['disallowed-unique-constraint', 'a unique constraint', inTransaction('ALTER TABLE content.post ADD CONSTRAINT a UNIQUE (title)')],
  ['renaming-column', 'another name', inTransaction('ALTER TABLE content.post RENAME COLUMN title TO heading')],
  ['renaming-table', 'another name of a table', inTransaction('ALTER TABLE content.post RENAME TO entry')],
  ['ban-drop-column', 'a column that is dropped', inTransaction('ALTER TABLE content.post DROP COLUMN title')],
  ['ban-drop-table', 'a table that is dropped', inTransaction('DROP TABLE content.post')],
  ['use-a-backfill', 'rows that are written at once', inTransaction(`UPDATE content.post SET slug = lower(title)`)],
]

const slug = { table: 'content.post', column: 'slug' }
const owner = { table: 'content.post', columns: ['owner_id'], constraint: 'post_owner', references: { table: 'content.owner', columns: ['id'] } }

const allowed: [what: string, steps: Migration[]][] = [
  [
    'an index of a table that is created in the same step',
    inTransaction('CREATE TABLE content.tag (a int)', 'CREATE INDEX tag_a ON content.tag (a)'),
  ],
  ['a column without a default', inTransaction('ALTER TABLE content.post ADD COLUMN slug text')],
  ['a column with a default that is the same for all rows', inTransaction(`ALTER TABLE content.post ADD COLUMN kind text NOT NULL DEFAULT 'post'`)],
  ['an index that is built concurrently', [migrationOutside(name, 'CREATE INDEX CONCURRENTLY post_title ON content.post (title)')]],
  ['an index that is dropped concurrently', [migrationOutside(name, 'DROP INDEX CONCURRENTLY content.post_title')]],
  ['a backfill', [backfill(name, { table: 'content.post', key: 'id', set: 'slug = lower(title)' })]],
  ['a column that is added, filled and required', [addColumn(`${name}-1`, { ...slug, type: 'text' }), ...requireValues(`${name}-2`, slug)]],
  ['a foreign key that is validated afterwards', addForeignKey(name, owner)],
  ['a unique constraint over an index that is built before', addUnique(name, { table: 'content.post', columns: ['slug'], constraint: 'slug' })],
  [
    'a column that is dropped with a reason',
    inTransaction('-- Nobody reads it.\n-- squawk-ignore ban-drop-column\nALTER TABLE content.post DROP COLUMN a'),
  ],
]

const rulesOf = (migrations: Migration[]): string[] => judge([{ schema: 'content', migrations }]).map(({ rule }) => rule)

describe('A migration', () => {
  it.each(refused)('is refused by %s for %s', (rule, _, steps) => {
    expect(rulesOf(steps)).toContain(rule)
  })

  it.each(allowed)('may have %s', (_, steps) => {
    expect(rulesOf(steps)).toEqual([])
  })
})

it('The migrations of all modules and of the platform hold up no reader and no writer, except for those that ran before there was this rule', async () => {
  const { implementations } = await loadSystem()
  const found = judge([
    { schema: 'platform', migrations: platformMigrations },
    { schema: 'ledger', migrations: ledgerMigrations('ledger') },
    ...implementations.map(({ name: schema, migrations }) => ({ schema, migrations })),
  ])
  const inOrder = (findings: typeof ranAlready): string[] => findings.map(({ schema, step, rule }) => `${schema} ${step}: ${rule}`).sort()
  expect(inOrder(found)).toEqual(inOrder(ranAlready))
})
