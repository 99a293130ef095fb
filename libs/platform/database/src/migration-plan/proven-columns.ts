import type { Client } from 'pg'
import { nameInSql, parseTableName, plainName } from '../migrations/table-name.js'
import { onOneLine } from './sql-text.js'

const table = `(${nameInSql}\\.${nameInSql})`
const declares = new RegExp(`^ALTER TABLE ${table} ADD CONSTRAINT (${nameInSql}) CHECK \\((${nameInSql}) IS NOT NULL\\)( NOT VALID)?$`, 'i')
const validates = new RegExp(`^ALTER TABLE ${table} VALIDATE CONSTRAINT (${nameInSql})$`, 'i')

const checked = `
  SELECT attname::text AS column FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
  WHERE conrelid = to_regclass($1) AND contype = 'c' AND convalidated AND pg_get_constraintdef(pg_constraint.oid) = format('CHECK ((%I IS NOT NULL))', attname)`

/** Columns of which a valid check says that they are not null, now or after the steps that come before. `SET NOT NULL` then scans nothing. */
export class ProvenColumns {
  private readonly declared = new Map<string, string>()
  private readonly proven = new Set<string>()

  constructor(private readonly client: Client) {}

  /** Takes a pending statement into account, in order. */
  note(sql: string): void {
    const text = onOneLine(sql)
    const [, of, name, column, isOpen] = declares.exec(text) ?? []
    if (of && name && column) {
      const place = placeOf(of, column)
      if (isOpen === undefined) this.proven.add(place)
      else this.declared.set(placeOf(of, name), place)
    }
    const [, validated, constraint] = validates.exec(text) ?? []
    const place = validated && constraint ? this.declared.get(placeOf(validated, constraint)) : undefined
    if (place !== undefined) this.proven.add(place)
  }

  async has(relation: string, column: string): Promise<boolean> {
    if (this.proven.has(placeOf(relation, column))) return true
    const { rows } = await this.client.query<{ column: string }>(checked, [relation])
    return rows.some((row) => row.column === column)
  }
}

function placeOf(relation: string, name: string): string {
  const { schema, table: own } = parseTableName(relation) ?? { schema: '', table: relation }
  return [schema, own, plainName(name)].join('.')
}
