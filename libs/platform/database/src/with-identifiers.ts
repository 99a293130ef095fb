import { escapeIdentifier } from 'pg'

/**
 * Puts names into a statement that cannot take them as parameters, quoted: `withIdentifiers('CREATE DATABASE %I', name)`. Like Postgres's own
 * `format()`. Values never go this way.
 */
export const withIdentifiers = (sql: string, ...names: string[]): string => sql.replaceAll('%I', () => escapeIdentifier(next(names, sql)))

function next(names: string[], sql: string): string {
  const name = names.shift()
  if (name === undefined || name === '') throw new Error(`too few names for ${sql}`)
  return name
}
