import fc from 'fast-check'
import { allPorts } from '../named-modules.js'
import { arbitraryOf } from './arbitrary-of.js'
import { vocabulary } from './vocabulary.js'

describe('Values made from a schema', () => {
  it('are mostly what each operation of a port may answer, so that stand-ins answer', async () => {
    const wrong: string[] = []
    for (const { portName, operations } of await allPorts())
      for (const [name, { output }] of Object.entries(operations)) {
        if (output === undefined) continue
        const values = fc.sample(arbitraryOf(output, vocabulary), { numRuns: 200, seed: 1 })
        const right = values.filter((value) => output.safeParse(JSON.parse(JSON.stringify(value))).success)
        if (right.length < 100) wrong.push(`${portName}.${name}: ${right.length} of 200`)
      }
    expect(wrong).toEqual([])
  })
})
