import { z } from 'zod'
import { system } from './actor.js'
import type { Envelope } from './envelope.js'
import { event } from './event.js'
import { portHandler } from './handler.js'
import { command, query } from './operation.js'
import { port } from './port.js'
import { unstorableIn } from './storable.js'

const refusal = (path: string) => ({ code: 'VALIDATION_FAILED', kind: 'invalid', details: { errors: [{ path, code: 'unstorable_text' }] } })

const failureOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

const unstorable: [what: string, text: string][] = [
  ['NUL', 'a\0b'],
  ['the first half of a character', 'a\ud83d'],
  ['the second half of a character', '\ude00b'],
  ['halves the wrong way round', '\ude00\ud83d'],
]

describe.each(unstorable)('a text with %s', (_, text) => {
  it('is found anywhere in a value, with the name of its field', () => {
    expect(unstorableIn(text)).toMatchObject({ path: '' })
    expect(unstorableIn({ a: [{ b: 'c' }, { b: text }] })).toMatchObject({ path: 'a.1.b' })
    expect(unstorableIn({ a: { [text]: 1 } })).toMatchObject({ path: 'a' })
  })

  it('is refused in an event', () => {
    const ShipSank = event('harbour.ship-sank', z.object({ ship: z.object({ name: z.string() }) }))
    expect(failureOf(() => ShipSank({ ship: { name: text } }))).toMatchObject(refusal('ship.name'))
  })

  it('does not reach a service', async () => {
    abstract class YardPort extends port('yard', {
      build: command({ input: z.object({ name: z.string(), labels: z.record(z.string(), z.unknown()) }), timeoutMs: 1_000 }),
      find: query({ input: z.object({ labels: z.array(z.string()) }), output: z.unknown(), timeoutMs: 1_000 }),
      take: command({ input: z.object({ documents: z.array(z.unknown()) }), output: z.unknown(), timeoutMs: 1_000 }),
    }) {}
    const yard = portHandler(YardPort, { build: () => undefined, find: () => undefined, take: (input: unknown) => input })
    const envelope: Envelope = { port: 'yard', operation: 'build', input: {}, timeLeftMs: 1_000, actor: system, trace: { requestId: 'r' } }
    expect(await yard({ ...envelope, input: { name: text, labels: {} } })).toMatchObject({ error: refusal('name') })
    expect(await yard({ ...envelope, input: { name: 'a', labels: { b: text } } })).toMatchObject({ error: refusal('labels.b') })
    expect(await yard({ ...envelope, operation: 'find', input: { labels: ['a', text] } })).toMatchObject({ error: refusal('labels.1') })
    // The service checks each document itself.
    const documents = { documents: [{ body: text }] }
    expect(await yard({ ...envelope, operation: 'take', input: documents })).toEqual({ value: documents })
  })
})

it('every other text may be stored', () => {
  expect(unstorableIn({ 'é😀': ['\u0001\t\n\uffff', '😀', '', 7, null, true], b: undefined })).toBeUndefined()
})
