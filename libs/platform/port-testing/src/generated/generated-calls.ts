import type { Actor, AnyPort } from '@kilomega/ports'
import fc from 'fast-check'
import { arbitraryOf, type Vocabulary } from './arbitrary-of.js'
import { broken } from './broken.js'

/** One call to make, the same in every world. */
export interface GeneratedCall {
  operation: string
  actor: Actor
  input: unknown
  /** Calls with the same key are repeats of each other. */
  key: string
}

const actors = ({ ids: [one, two] }: Vocabulary): Actor[] => [
  { kind: 'user', id: one!, role: 'user', sessionId: 's-1' },
  { kind: 'user', id: two!, role: 'user', sessionId: 's-2' },
  { kind: 'user', id: one!, role: 'admin', sessionId: 's-3' },
  { kind: 'system' },
  { kind: 'anonymous' },
]

/** Calls from all kinds of actors, with inputs that the schemas of a port allow (four of five) and inputs that they do not. The same seed gives the same calls. */
export function generatedCalls(port: AnyPort, count: number, { seed, vocabulary }: { seed: number; vocabulary: Vocabulary }): GeneratedCall[] {
  const operations = Object.entries(port.operations).map(([operation, { input }]) => {
    const valid = arbitraryOf(input, vocabulary)
    return fc.record({ operation: fc.constant(operation), input: fc.oneof({ arbitrary: valid, weight: 4 }, { arbitrary: broken(valid), weight: 1 }) })
  })
  const calls = fc.record({ call: fc.oneof(...operations), actor: fc.constantFrom(...actors(vocabulary)) })
  // Passed through JSON: -0 or an undefined field would differ for reasons that are not the port's.
  return fc.sample(calls, { numRuns: count, seed }).map(({ call, actor }, index) => ({ ...jsonOf(call), actor, key: `generated-${seed}-${index}` }))
}

const jsonOf = <T>(value: T): T => JSON.parse(JSON.stringify(value, (_, part: unknown) => (part === undefined ? null : part))) as T
