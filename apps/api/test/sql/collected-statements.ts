import type { LoggedStatement } from '../costs/statement-log.js'
import { statementText } from './statement-text.js'

/** A statement as its page shows it, and one example of it that was sent. */
export interface Example {
  text: string
  sql: string
  parameters: readonly unknown[]
}

/** By operation: `content.list`, or the job, the event, the task or the route if no port was called for it. */
export type Examples = ReadonlyMap<string, readonly Example[]>

/** The examples of each module. Statements of the platform's own loops are left out. */
export function collectStatements(statements: readonly LoggedStatement[], modules: readonly string[]): ReadonlyMap<string, Examples> {
  const collected = new Map(modules.map((module) => [module, new Map<string, Map<string, Example>>()]))
  for (const { schema, origin, operation, sql, parameters } of statements) {
    const [ofModule, heading] = [collected.get(schema), operation ?? origin]
    if (heading === undefined || ofModule === undefined) continue
    const known = ofModule.get(heading) ?? new Map<string, Example>()
    ofModule.set(heading, known)
    const example = { text: statementText(sql), sql, parameters: parameters.map(shortest) }
    known.set(example.text, simpler(known.get(example.text), example))
  }
  return new Map([...collected].map(([module, headings]) => [module, sorted(headings)]))
}

/** The size of a batch is a matter of chance, and may change a plan. */
const shortest = (value: unknown): unknown => (Array.isArray(value) ? value.slice(0, 1) : value)

const sizeOf = ({ sql, parameters }: Example): number => sql.length + JSON.stringify(parameters).length
const simpler = (known: Example | undefined, other: Example): Example => (known === undefined || sizeOf(other) < sizeOf(known) ? other : known)

const sorted = (headings: ReadonlyMap<string, ReadonlyMap<string, Example>>): Map<string, Example[]> =>
  new Map([...headings].sort(byName).map(([heading, examples]) => [heading, ordered(heading, [...examples.values()])]))

/** Calls of ports are in the order in which they were sent; what jobs and subscribers send depends on what they happen to find first. */
const ordered = (heading: string, examples: Example[]): Example[] =>
  heading.includes(' ') ? examples.sort((one, other) => (one.text < other.text ? -1 : 1)) : examples

export const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number => (one < other ? -1 : 1)
