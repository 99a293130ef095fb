import { type AnyPort, registeredErrors } from '@kilomega/ports'
import type { OpenedPort } from '../open-port.js'
import { outcomeOf } from './call-outcome.js'
import { generatedCalls } from './generated-calls.js'
import { vocabulary } from './vocabulary.js'

/** Calls of each operation: the shortest way through all kinds of inputs that showed every fault which 200 showed. */
const callsPerOperation = 25

/** Whatever comes in, a port answers as it declares or refuses by a code of the registry, and never fails by a fault of its own. */
export function itTakesWhateverComes(opened: () => { port: AnyPort; opened: OpenedPort<AnyPort> }): void {
  it('answers whatever its schemas allow, and refuses everything else by name', async () => {
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
