/**
 * Puts a module's schema into a statement, because SQL cannot take a schema name as a parameter. Names come from ports, which allow only
 * lower-case letters and dashes, so it is enough to quote them.
 */
export function inSchema(sql: string, schema: string): string {
  if (!/^[a-z][a-z-]*$/.test(schema)) throw new Error(`${schema} is not the name of a module's schema`)
  return sql.replaceAll('{schema}', `"${schema}"`)
}
