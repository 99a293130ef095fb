/** More different texts than this are a sign of a fault in the program; further statements run without a name. */
const maxNames = 1_000
const names = new Map<string, string>()

/** The name under which a text is prepared, the same on every connection of the process: a server parses and plans it once per connection. */
export function statementName(sql: string): string | undefined {
  const known = names.get(sql)
  if (known !== undefined || names.size >= maxNames) return known
  const name = `k${names.size}`
  names.set(sql, name)
  return name
}
