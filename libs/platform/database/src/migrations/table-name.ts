import { withIdentifiers } from '../with-identifiers.js'

export interface TableName {
  schema: string
  table: string
}

/** A name in SQL, plain or quoted, as the source of a regular expression. */
export const nameInSql = String.raw`(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")`

const qualified = new RegExp(`^(${nameInSql})\\s*\\.\\s*(${nameInSql})$`, 'i')

/** The name as Postgres keeps it: in lower case unless it is quoted. */
export const plainName = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase())

/** `content.post`, as SQL names it. Undefined without a schema. */
export function parseTableName(text: string): TableName | undefined {
  const [, schema, table] = qualified.exec(text.trim()) ?? []
  return schema === undefined || table === undefined ? undefined : { schema: plainName(schema), table: plainName(table) }
}

/** Throws if the schema is missing. */
export function requireTableName(text: string): TableName {
  const name = parseTableName(text)
  if (name === undefined) throw new Error(`${text} is not the name of a table with its schema, such as content.post`)
  return name
}

export const quotedName = ({ schema, table }: TableName): string => withIdentifiers('%I.%I', schema, table)
