import { createHash } from 'node:crypto'
import type { AnyPort } from '@kilomega/ports'
import fc from 'fast-check'
import { arbitraryOf } from '../generated/arbitrary-of.js'
import { vocabulary } from '../generated/vocabulary.js'
import { type StandIn, standIn } from '../stand-in.js'

/** Answers any port with generated values that its schemas allow: the same answer to the same call, in every world. */
export function anyStandIn(port: AnyPort): StandIn {
  const methods = Object.entries(port.operations).map(([name, { output }]) => [
    name,
    async (input: unknown) => output && answer(output, [name, input]),
  ])
  return standIn(port, Object.fromEntries(methods) as object)
}

function answer(output: Parameters<typeof arbitraryOf>[0], call: unknown): unknown {
  const seed = createHash('sha256').update(JSON.stringify(call)).digest().readInt32BE()
  const [value] = fc.sample(arbitraryOf(output, vocabulary), { numRuns: 1, seed })
  return JSON.parse(JSON.stringify(value)) as unknown
}
