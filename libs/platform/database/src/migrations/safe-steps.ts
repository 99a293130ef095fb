import { withIdentifiers } from '../with-identifiers.js'
import { migrationOutside } from './migration-outside.js'
import { type Migration, migration } from './migration.js'
import { requireTableName } from './table-name.js'

export interface ColumnOfTable {
  /** With its schema: `content.post`. */
  table: string
  column: string
}

export interface ConstraintOfTable {
  /** With its schema: `content.post`. */
  table: string
  columns: readonly string[]
  /** The name of the constraint, and of its index. */
  constraint: string
}

/** Adds a column that is null at first. Takes a moment: no row is touched. `type` is SQL, such as `timestamptz(3)`. */
export function addColumn(name: string, { table, column, type }: ColumnOfTable & { type: string }): Migration {
  return migration(name, `${withIdentifiers('ALTER TABLE %I.%I ADD COLUMN %I', ...partsOf(table), column)} ${type}`)
}

/**
 * Makes a filled column NOT NULL: a check that at first only new rows must pass, a scan in which all others are checked while readers and writers go on, then NOT NULL,
 * which finds the check and scans nothing. Fails in the scan if a row is still null. Three steps, whose names begin with `name`.
 */
export function requireValues(name: string, { table, column }: ColumnOfTable): Migration[] {
  const [schema, own] = partsOf(table)
  const check = `${own}_${column}_is_set`
  const sql = (text: string, ...names: string[]): string => withIdentifiers(text, schema, own, ...names)
  return [
    migration(`${name}-1-check`, sql('ALTER TABLE %I.%I ADD CONSTRAINT %I CHECK (%I IS NOT NULL) NOT VALID', check, column)),
    migrationOutside(`${name}-2-validate`, sql('ALTER TABLE %I.%I VALIDATE CONSTRAINT %I', check)),
    migration(`${name}-3-require`, sql('ALTER TABLE %I.%I ALTER COLUMN %I SET NOT NULL', column), sql('ALTER TABLE %I.%I DROP CONSTRAINT %I', check)),
  ]
}

/** Adds a foreign key that at first only new rows must pass, then checks the others while readers and writers go on. Index its columns first. */
export function addForeignKey(
  name: string,
  { references, ...foreign }: ConstraintOfTable & { references: Omit<ConstraintOfTable, 'constraint'> },
): Migration[] {
  const { table, columns, constraint } = foreign
  const add = [
    withIdentifiers('ALTER TABLE %I.%I ADD CONSTRAINT %I FOREIGN KEY', ...partsOf(table), constraint),
    listOf(columns),
    withIdentifiers('REFERENCES %I.%I', ...partsOf(references.table)),
    listOf(references.columns),
    'NOT VALID',
  ]
  return [
    migration(`${name}-1-add`, add.join(' ')),
    migrationOutside(`${name}-2-validate`, withIdentifiers('ALTER TABLE %I.%I VALIDATE CONSTRAINT %I', ...partsOf(table), constraint)),
  ]
}

/** Adds a unique constraint whose index is built while readers and writers go on. Fails, and leaves nothing, if two rows are alike. */
export function addUnique(name: string, { table, columns, constraint }: ConstraintOfTable): Migration[] {
  const [schema, own] = partsOf(table)
  const index = withIdentifiers('CREATE UNIQUE INDEX CONCURRENTLY %I ON %I.%I', constraint, schema, own)
  return [
    migrationOutside(`${name}-1-index`, `${index} ${listOf(columns)}`),
    migration(`${name}-2-add`, withIdentifiers('ALTER TABLE %I.%I ADD CONSTRAINT %I UNIQUE USING INDEX %I', schema, own, constraint, constraint)),
  ]
}

function partsOf(table: string): [schema: string, table: string] {
  const name = requireTableName(table)
  return [name.schema, name.table]
}

const listOf = (columns: readonly string[]): string => `(${columns.map((column) => withIdentifiers('%I', column)).join(', ')})`
