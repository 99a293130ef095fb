import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrationName } from './migration-name.js'
import { migrationText } from './migration-text.js'
import { writeMigration } from './write-migration.js'

const name = '202612011000-change-invoices'
const linesOf = (...statements: string[]): string =>
  migrationText(name, statements)
    .split('\n')
    .slice(4, -2)
    .map((line) => line.slice(2))
    .join('\n')

describe('A migration between entities and tables', () => {
  it('is a file as people write it, with a table by its columns', () => {
    const table =
      'CREATE TABLE "billing"."invoice" ("id" uuid NOT NULL DEFAULT uuidv7(), "kind" text NOT NULL DEFAULT \'a, (b\', CONSTRAINT "pk" PRIMARY KEY ("id", "kind"))'
    expect(migrationText(name, [table, 'CREATE INDEX "by_kind" ON "billing"."invoice"  ("kind") ']))
      .toBe(`import { migration } from '@kilomega/database'

export const changeInvoices = migration(
  '202612011000-change-invoices',
  \`CREATE TABLE "billing"."invoice" (
    "id" uuid NOT NULL DEFAULT uuidv7(),
    "kind" text NOT NULL DEFAULT 'a, (b',
    CONSTRAINT "pk" PRIMARY KEY ("id", "kind")
  )\`,
  'CREATE INDEX "by_kind" ON "billing"."invoice" ("kind")',
)
`)
  })

  it('keeps the text of values as it is', () => {
    expect(linesOf(`ALTER TABLE "a" ALTER COLUMN "b" SET DEFAULT 'two  spaces, \${x} \\ and \`'`)).toBe(
      '`ALTER TABLE "a" ALTER COLUMN "b" SET DEFAULT \'two  spaces, \\${x} \\\\ and \\`\'`,',
    )
  })

  it.each([
    ['ALTER TABLE "s"."t" DROP COLUMN "c"', 'DROPS the column "c" with all that is in it'],
    ['DROP INDEX "s"."i"', "DROPS an index that no entity declares. To keep it: @Index('i', { synchronize: false })"],
    ['ALTER TABLE "s"."t" DROP CONSTRAINT "k"', 'DROPS the constraint "k", which no entity declares'],
    ['ALTER TABLE "s"."t" ALTER COLUMN "c" DROP NOT NULL', 'DROPS the NOT NULL'],
    ['ALTER TABLE "s"."t" ALTER COLUMN "c" DROP DEFAULT', 'DROPS the DEFAULT'],
    ['DROP TYPE "s"."kind_old"', 'DROPS the TYPE'],
  ])('has a comment above %s', (statement, comment) => {
    expect(linesOf(statement)).toBe(`// ${comment}\n'${statement}',`)
  })

  it.each([`ALTER TABLE "s"."DROP COLUMN" ADD "DROP" text DEFAULT 'DROP TABLE'`, 'CREATE INDEX "DROP INDEX" ON "t" ("c")'])(
    'has none above %s',
    (statement) => {
      expect(linesOf(statement)).not.toContain('//')
    },
  )

  it('says what is dropped and made anew', () => {
    const lines = linesOf(
      'DROP INDEX "s"."i"',
      'ALTER TABLE "s"."t" DROP COLUMN "c"',
      'ALTER TABLE "s"."t" ADD "c" bigint',
      'ALTER TABLE "s"."t" DROP CONSTRAINT "k"',
      'ALTER TABLE "s"."t" ADD CONSTRAINT "k" UNIQUE ("c")',
      'CREATE UNIQUE INDEX "i" ON "s"."t" ("c")',
    )
    expect(lines.split('\n').filter((line) => line.startsWith('//'))).toEqual([
      '// DROPS the index "i", which is made anew below',
      '// DROPS the column "c" with all that is in it, and adds it empty. To keep it, write one ALTER COLUMN "c" TYPE … instead',
      '// DROPS the constraint "k", which is made anew below',
    ])
  })

  it('comes after the last one, whatever the clock says', () => {
    const now = new Date('2026-12-01T10:00:30Z')
    expect(migrationName('add-a', undefined, now)).toBe('202612011000-add-a')
    expect(migrationName('add-a', '202612010959-old', now)).toBe('202612011000-add-a')
    expect(migrationName('add-a', '202612312359-old', now)).toBe('202701010000-add-a')
  })

  it('is written to its module once, and never over another', () => {
    const repository = mkdtempSync(join(tmpdir(), 'km-diff-'))
    const write = () => writeMigration(repository, 'billing', { name, text: 'text' })
    const folder = 'libs/modules/billing/src/tables/migrations'
    expect(write).toThrow(`There is no folder ${folder}: make it, or leave --write out`)
    mkdirSync(join(repository, folder), { recursive: true })
    expect(write()).toBe(
      `${folder}/${name}.ts is written. Review it, add changeInvoices to the migrations in libs/modules/billing/src/index.ts, and run npx km db migrate`,
    )
    expect(readFileSync(join(repository, folder, `${name}.ts`), 'utf8')).toBe('text')
    expect(write).toThrow('is there already')
    rmSync(repository, { recursive: true })
  })
})
