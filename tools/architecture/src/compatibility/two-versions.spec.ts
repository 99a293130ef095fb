import { honest, port, portClient, portHandler, query } from '@kilomega/ports'
import { z } from 'zod'
import type { LoadedSystem } from '../pages/loaded-system.js'
import { portsJson } from '../pages/ports-json.js'
import { breakingChanges } from './breaking-changes.js'
import type { PortsDocument } from './ports-document.js'

interface Version {
  input: z.ZodType
  output: z.ZodType
  /** The input of a caller of this version, and the answer of its handler. */
  asks: unknown
  answers: unknown
}

const text = z.object({ text: z.string() })
const version = (parts: Partial<Version>): Version => ({ input: text, output: text, asks: { text: 'a' }, answers: { text: 'a' }, ...parts })
const longer = z.object({ text: z.string(), more: z.string() })
const maybeLonger = z.object({ text: z.string(), more: z.string().optional() })

const cases: [sentence: string, before: Version, after: Version][] = [
  ['a new required field in input', version({}), version({ input: longer, asks: { text: 'a', more: 'b' } })],
  ['a new optional field in input', version({}), version({ input: maybeLonger, asks: { text: 'a', more: 'b' } })],
  ['a new required field in an answer', version({}), version({ output: longer, answers: { text: 'a', more: 'b' } })],
  ['a new optional field in an answer', version({}), version({ output: maybeLonger, answers: { text: 'a', more: 'b' } })],
  ['null in an answer', version({}), version({ output: z.object({ text: z.string().nullable() }), answers: { text: null } })],
  ['a required field that an answer lost', version({ output: longer, answers: { text: 'a', more: 'b' } }), version({})],
  ['an optional field that an answer lost', version({ output: maybeLonger, answers: { text: 'a', more: 'b' } }), version({})],
  ['shorter input', version({ asks: { text: 'abc' } }), version({ input: z.object({ text: z.string().max(2) }) })],
]

const portOf = ({ input, output }: Version) => port('harbour', { find: query({ input, output, timeoutMs: 5_000, access: 'anyone' }) })
const documentOf = (one: Version) => JSON.parse(portsJson({ ports: [portOf(one)], events: [] } as unknown as LoadedSystem)) as PortsDocument

async function worksBetween(caller: Version, handler: Version): Promise<boolean> {
  const client = portClient(portOf(caller), honest(portHandler(portOf(handler), { find: async () => handler.answers })), { checkAnswers: true })
  return (client as { find(input: unknown): Promise<unknown> }).find(caller.asks).then(
    () => true,
    () => false,
  )
}

describe('the comparison agrees with a caller and a handler of two versions', () => {
  it.each(cases)('with %s', async (_, before, after) => {
    expect(await Promise.all([worksBetween(before, before), worksBetween(after, after)])).toEqual([true, true])
    const bothWork = (await Promise.all([worksBetween(before, after), worksBetween(after, before)])).every(Boolean)
    expect(breakingChanges(documentOf(before), documentOf(after)).length === 0).toBe(bothWork)
  })
})
