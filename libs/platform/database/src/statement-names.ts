import { createHash } from 'node:crypto'

/** More different texts than this are a sign of a fault in the program; further statements run without a name. */
const maxNames = 1_000
const names = new Map<string, string>()

/**
 * The name under which a text is prepared: a server parses and plans it once per connection. It is made of the text, so that it is the same on every connection
 * and in every process, and a pooler between them can share what is prepared.
 */
export function statementName(sql: string): string | undefined {
  const known = names.get(sql)
  if (known !== undefined || names.size >= maxNames) return known
  const name = `k${createHash('sha256').update(sql).digest('base64url').slice(0, 16)}`
  names.set(sql, name)
  return name
}
