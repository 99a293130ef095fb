import { type Actor, type Envelope, maxPayloadBytes, type Reply } from '@kilomega/ports'
import fc from 'fast-check'
import { type RawCall, rawCall } from '../../test/raw-call.js'
import { makeServiceKey, SigningKey } from './nkey.js'
import { SignedContexts } from './signed-context.js'
import { decodeCall, decodeReply, encodeCall, encodeReply, sized } from './wire.js'

const contexts = new SignedContexts(new SigningKey(makeServiceKey().seed.reveal()), [])
const user: Actor = { kind: 'user', id: 'ann', role: 'user', sessionId: 's' }
const envelope: Envelope = {
  port: 'search',
  operation: 'find',
  input: { text: 'a' },
  timeLeftMs: 300,
  actor: user,
  trace: { requestId: 'r' },
  key: 'k',
  freshness: undefined,
}
const good: RawCall = { operation: 'find', timeLeftMs: 300, context: contexts.sign(user, 'search'), requestId: 'r', key: 'k', body: '{"text":"a"}' }
const call = (changes: RawCall) => rawCall({ ...good, ...changes })
const failureOf = (text: string) => {
  try {
    return decodeCall('search', text, contexts)
  } catch (error) {
    return error
  }
}

const text = fc.string({ unit: 'binary', maxLength: 60 })
const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }).map((value) => JSON.parse(JSON.stringify(value)) as unknown)
/** Without the names that are refused before any schema sees them; those are tested separately. */
const harmless = json.filter((value) => !/"(__proto__|constructor|prototype)":/.test(JSON.stringify(value)))
const actor = fc.oneof(
  fc.constantFrom<Actor>({ kind: 'anonymous' }, { kind: 'system' }),
  fc.record({ kind: fc.constant('user' as const), id: text, role: fc.constantFrom('user' as const, 'admin' as const), sessionId: text }),
)
const anyEnvelope: fc.Arbitrary<Envelope> = fc.record(
  {
    port: fc.constantFrom('search', 'content'),
    operation: fc.stringMatching(/^[a-zA-Z]{1,64}$/),
    input: fc.record({ value: harmless }),
    timeLeftMs: fc.integer({ min: -1_000, max: 3_600_000 }),
    actor,
    trace: fc.record({ requestId: text, traceparent: text }, { requiredKeys: ['requestId'] }),
    key: text,
    freshness: text,
  },
  { requiredKeys: ['port', 'operation', 'input', 'timeLeftMs', 'actor', 'trace'] },
)

describe('a call', () => {
  it('arrives as it was sent, whatever it contains', () => {
    fc.assert(fc.property(anyEnvelope, (sent) => expect(decodeCall(sent.port, encodeCall(sent, contexts), contexts)).toEqual(sent)))
  })

  it('is sent with its time left in whole milliseconds', () => {
    expect(decodeCall('search', encodeCall({ ...envelope, timeLeftMs: 299.9 }, contexts), contexts)).toMatchObject({ timeLeftMs: 299 })
  })

  it('may have lines of a newer version, which are dropped', () => {
    expect(decodeCall('search', call({ more: ['3', '00000001:0000000000000001', '{"region":"eu"}'] }), contexts)).toEqual({
      ...envelope,
      freshness: '00000001:0000000000000001',
    })
  })

  it('may have been sent by an older version, which knew fewer lines', () => {
    const lines = call({}).split('\n')
    expect(decodeCall('search', [...lines.slice(0, 4), ...lines.slice(6)].join('\n'), contexts)).toEqual({ ...envelope, key: undefined })
  })

  it('has the actor of its context, and not one named in another line', () => {
    const message = call({ more: [JSON.stringify({ kind: 'system' }), 'identity'] })
    expect(decodeCall('search', message, contexts)).toMatchObject({ actor: user, port: 'search' })
  })

  it.each([
    ['nothing', ''],
    ['one line', 'find'],
    ['no empty line', call({}).replace('\n\n', '\n')],
    ['JSON alone', JSON.stringify(envelope)],
    ['an operation of 65 characters', call({ operation: 'a'.repeat(65) })],
    ['no time left', call({ timeLeftMs: undefined })],
    ['a time in words', call({ timeLeftMs: 'soon' })],
    ['more than an hour', call({ timeLeftMs: 3_600_001 })],
    ['a time without end', call({ timeLeftMs: '1e999' })],
    ['no request id', call({ requestId: undefined })],
    ['a request id that is a list', call({ requestId: '"["r"]' })],
    ['a request id of 257 characters', call({ requestId: 'r'.repeat(257) })],
    ['a key that starts like a string and is not one', call({ key: '"k' })],
    ['a key of 1,025 characters', call({ key: 'k'.repeat(1_025) })],
    ['a freshness of 65 characters', call({ more: ['3', 'f'.repeat(65)] })],
    ['a context of 4,097 characters', call({ context: 'c'.repeat(4_097) })],
    ['an input that is not JSON', call({ body: '{' })],
    ['__proto__', call({ body: '{"__proto__":"a"}' })],
    ['10,000 levels', call({ body: `${'['.repeat(10_000)}${']'.repeat(10_000)}` })],
  ])('is not valid with %s', (_, message) => {
    expect(failureOf(message)).toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  it('is unauthenticated without a context', () => {
    expect(failureOf(call({ context: undefined }))).toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})

describe('a reply', () => {
  const error = fc.record(
    { kind: fc.constantFrom('invalid' as const, 'unavailable' as const, 'deadline' as const), code: text, message: text, details: json },
    { requiredKeys: ['kind', 'code', 'message'] },
  )
  const anyAnswer: fc.Arbitrary<Reply> = fc.oneof(
    json.map((value) => ({ value })),
    json.map((value) => ({ json: JSON.stringify(value) })),
    error.map((value) => ({ error: value })),
    fc.constant({}),
  )
  const place = fc.stringMatching(/^[0-9A-F]{8}:[0-9A-F]{16}$/)
  const anyReply = fc
    .tuple(anyAnswer, fc.option(place, { nil: undefined }))
    .map(([answer, freshness]): Reply => ({ ...answer, ...(freshness && { freshness }) }))

  it('arrives as it was given, whatever it contains', () => {
    fc.assert(fc.property(anyReply, (given) => expect(decodeReply(encodeReply(given))).toEqual(given)))
  })

  it.each<[string, Reply]>([
    ['V{"a":1}', { value: { a: 1 } }],
    ['Vnull', { value: null }],
    ['N', {}],
    ['N', { value: undefined }],
    ['J{"a":  1}', { json: '{"a":  1}' }],
    ['F00000001:0000000000000001\nN', { freshness: '00000001:0000000000000001' }],
    ['E{"kind":"missing","code":"NOT_FOUND","message":"m"}', { error: { kind: 'missing', code: 'NOT_FOUND', message: 'm' } }],
  ])('is %s', (message, reply) => {
    expect(encodeReply(reply)).toBe(message)
  })

  it('passes ready-made JSON on without looking into it', () => {
    expect(decodeReply('J{never parsed')).toEqual({ json: '{never parsed' })
  })

  it('of an error may have fields of a newer version', () => {
    const message = 'E{"kind":"missing","code":"NOT_FOUND","message":"m","retryAfterS":1}'
    expect(decodeReply(message)).toEqual({ error: { kind: 'missing', code: 'NOT_FOUND', message: 'm' } })
  })

  it.each(['', 'X', 'F', 'F1', 'F1\n', 'F1\nF1\nN', '{"value":1}', 'V{', 'E{}', 'E{"kind":"sad","code":"C","message":"m"}'])(
    'is never %j',
    (message) => {
      expect(() => decodeReply(message)).toThrow()
    },
  )
})

describe('a message over 512 KiB', () => {
  it.each([
    ['letters', 'a', 1],
    ['umlauts', 'ä', 2],
    ['Chinese', '中', 3],
    ['emoji', '😀', 4],
  ])('is refused before it is sent, by its bytes and not its characters: %s', (_, character, bytes) => {
    const most = character.repeat(maxPayloadBytes / bytes)
    expect(sized(most.slice(0, -character.length))).toHaveLength(most.length - character.length)
    expect(() => sized(`${most}${character}`)).toThrow(expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' }) as Error)
  })

  it('is refused from the first byte above the limit', () => {
    expect(sized('a'.repeat(maxPayloadBytes))).toHaveLength(maxPayloadBytes)
    expect(() => sized('a'.repeat(maxPayloadBytes + 1))).toThrow(
      expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE', details: { sizeBytes: maxPayloadBytes + 1, limitBytes: maxPayloadBytes } }) as Error,
    )
  })

  it.each<[string, () => string]>([
    ['a call', () => encodeCall({ ...envelope, input: 'ä'.repeat(300_000) }, contexts)],
    ['an answer', () => encodeReply({ value: 'ä'.repeat(300_000) })],
    ['ready-made JSON', () => encodeReply({ json: 'ä'.repeat(300_000) })],
    ['an error', () => encodeReply({ error: { kind: 'invalid', code: 'C', message: 'ä'.repeat(300_000) } })],
  ])('is never encoded: %s', (_, encode) => {
    expect(encode).toThrow(expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' }) as Error)
  })
})
