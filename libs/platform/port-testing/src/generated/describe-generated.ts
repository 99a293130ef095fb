import { type AnyPort, registeredErrors } from '@kilomega/ports'
import type { OpenedPort } from '../open-port.js'
import { outcomeOf } from './call-outcome.js'
import { generatedCalls } from './generated-calls.js'
import { vocabulary } from './vocabulary.js'

/** Calls of each operation: the lowest number that found every fault that 200 calls found. */
const callsPerOperation = 25

/** For any input, a port returns an answer that it declares or an error code from the registry, and never an internal error. */
export function itHandlesAnyInput(opened: () => { port: AnyPort; opened: OpenedPort<AnyPort> }): void {
  it('answers every input that its schemas allow, and refuses all others with an error code', async () => {
    const { port, opened: world } = opened()
    const codes = new Set(registeredErrors().map(({ code }) => code))
    codes.delete('INTERNAL')
    const calls = generatedCalls(port, callsPerOperation * Object.keys(port.operations).length, { seed: 20261125, vocabulary })
    const faults: unknown[] = []
    for (const call of calls) {
      const outcome = await outcomeOf(world.port as object, call)
      if ('fault' in outcome || ('error' in outcome && !codes.has(outcome.error.code))) faults.push({ call, outcome })
    }
    expect(faults).toEqual([])
  }, 60_000)
}
