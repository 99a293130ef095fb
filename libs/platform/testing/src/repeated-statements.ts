import type { SentStatement } from '@kilomega/database'

/** A statement that is sent this often with different parameters is one for each row of a list. */
const fewestOfList = 4

/** Names in double quotes are left out first, and so are the locks of a SELECT. */
const notCode = /"[^"]*"|for (no key )?update/gi
const writing = /\b(insert|update|delete|merge)\b/i

/** The parameters that a text was sent with. */
interface Group {
  all: Set<string>
  /** How often since the last statement that wrote: before that, the answer may have been another one. */
  sinceWrite: Map<string, number>
  /** The most times with the same parameters. */
  mostRepeats: number
}

/**
 * Says what is wrong with the statements of one request; empty if nothing is. N+1: the same text sent for each row of a list, with other parameters each time.
 * A repeated query: the same text with the same parameters, and no statement that writes in between. The list that the request reads must be long enough
 * that N+1 shows: 20 rows or more.
 */
export function repeatedStatements(sent: readonly SentStatement[]): string[] {
  const groups = new Map<string, Group>()
  for (const { sql, parameters } of sent) {
    if (writing.test(sql.replace(notCode, ''))) for (const { sinceWrite } of groups.values()) sinceWrite.clear()
    const group = groups.get(sql) ?? { all: new Set(), sinceWrite: new Map<string, number>(), mostRepeats: 0 }
    groups.set(sql, group)
    const values = JSON.stringify(parameters)
    const times = (group.sinceWrite.get(values) ?? 0) + 1
    group.all.add(values)
    group.sinceWrite.set(values, times)
    group.mostRepeats = Math.max(group.mostRepeats, times)
  }
  return [...groups].flatMap(([sql, group]) => faultsOf(sql.trim().replace(/\s+/g, ' '), group))
}

/** Fails with what `repeatedStatements` says. */
export function expectNoRepeatedStatements(sent: readonly SentStatement[]): void {
  const faults = repeatedStatements(sent)
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

const faultsOf = (text: string, { all, mostRepeats }: Group): string[] => [
  ...(all.size >= fewestOfList
    ? [`N+1: sent ${all.size} times, each time with other parameters; read all rows at once, by = ANY($1) or a join: ${text}`]
    : []),
  ...(mostRepeats > 1 ? [`Repeated query: sent ${mostRepeats} times with the same parameters; read it once and pass the answer on: ${text}`] : []),
]
