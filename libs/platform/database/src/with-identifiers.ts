import { escapeIdentifier } from 'pg'

/**
 * Inserts quoted names into a statement that cannot take them as parameters: `withIdentifiers('CREATE DATABASE %I', name)`, like `format()` in Postgres.
 * Never use it for values.
 */
export const withIdentifiers = (sql: string, ...names: string[]): string => sql.replaceAll('%I', () => escapeIdentifier(next(names, sql)))

function next(names: string[], sql: string): string {
  const name = names.shift()
  if (name === undefined || name === '') throw new Error(`too few names for ${sql}`)
  return name
}
