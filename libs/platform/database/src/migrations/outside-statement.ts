import { nameInSql, plainName } from './table-name.js'

/** A statement that runs outside of a transaction. Each can be repeated after a kill, because what it left behind is recognised. */
export type OutsideStatement =
  | { does: 'create index'; schema: string; index: string; table: string }
  | { does: 'drop index'; schema: string; index: string }
  | { does: 'validate' }

const createIndex = new RegExp(`^CREATE (?:UNIQUE )?INDEX CONCURRENTLY (${nameInSql}) ON (${nameInSql})\\.(${nameInSql})[ (]`, 'i')
const dropIndex = new RegExp(`^DROP INDEX CONCURRENTLY (${nameInSql})\\.(${nameInSql})$`, 'i')
const validate = new RegExp(`^ALTER TABLE ${nameInSql}\\.${nameInSql} VALIDATE CONSTRAINT ${nameInSql}$`, 'i')

const allowed = [
  'CREATE [UNIQUE] INDEX CONCURRENTLY name ON schema.table …',
  'DROP INDEX CONCURRENTLY schema.name',
  'ALTER TABLE schema.table VALIDATE CONSTRAINT name',
].join(', ')

/** Throws if it is none of the statements that may be repeated. `IF (NOT) EXISTS` is refused: it takes an index that was left half built for a good one. */
export function parseOutside(name: string, sql: string): OutsideStatement {
  const text = sql.replace(/\s+/g, ' ').trim()
  const [, index, schema, table] = createIndex.exec(text) ?? []
  if (index && schema && table) return { does: 'create index', schema: plainName(schema), index: plainName(index), table: plainName(table) }
  const [, droppedFrom, dropped] = dropIndex.exec(text) ?? []
  if (droppedFrom && dropped) return { does: 'drop index', schema: plainName(droppedFrom), index: plainName(dropped) }
  if (validate.test(text)) return { does: 'validate' }
  throw new Error(`migration ${name}: outside of a transaction a step is one of ${allowed}`)
}
