/**
 * Puts a module's schema into a statement: `{schema}` is the one thing that SQL cannot take as a parameter. Names come from ports, which allow
 * lower case letters and dashes only, so quoting is all they need.
 */
export function inSchema(sql: string, schema: string): string {
  if (!/^[a-z][a-z-]*$/.test(schema)) throw new Error(`${schema} is not the name of a module's schema`)
  return sql.replaceAll('{schema}', `"${schema}"`)
}
