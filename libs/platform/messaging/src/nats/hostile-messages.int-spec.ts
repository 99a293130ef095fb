import { type Actor, command, type ErrorValue, port, query, statusOf, system } from '@kilomega/ports'
import { describeWithOwnNats, openNats, type TestNats } from '@kilomega/testing'
import type { NatsConnection } from '@nats-io/transport-node'
import { z } from 'zod'
import { ann, NatsSide } from '../../test/nats-side.js'
import { rawCall, type RawCall } from '../../test/raw-call.js'
import { makeServiceKey, SigningKey } from './nkey.js'
import { SignedContexts } from './signed-context.js'
import { decodeReply } from './wire.js'

const Ship = z.object({ name: z.string().min(1).max(100), masts: z.int().max(9).optional(), captain: z.object({ age: z.number() }).optional() })
abstract class FortPort extends port('fort', {
  greet: query({ input: Ship, output: z.string(), timeoutMs: 5_000, access: 'anyone' }),
  moor: command({ input: Ship, timeoutMs: 5_000, access: 'user' }),
  sink: command({ input: Ship, timeoutMs: 5_000, access: 'admin' }),
  audit: query({ input: z.object({}), timeoutMs: 5_000 }),
}) {}

const keys = { host: makeServiceKey(), api: makeServiceKey(), stranger: makeServiceKey() }
const keyOf = (name: keyof typeof keys) => new SigningKey(keys[name].seed.reveal())
const contextsOf = (name: keyof typeof keys, atMs = Date.now()) => new SignedContexts(keyOf(name), [], () => atMs)
const api = contextsOf('api')
const admin: Actor = { kind: 'user', id: 'ann', role: 'admin', sessionId: 'session-1' }
const anonymousContext = api.sign({ kind: 'anonymous' }, 'fort')
const annContext = api.sign(ann, 'fort')
const systemContext = api.sign(system, 'fort')
const [body, signature] = annContext.split('.') as [string, string]
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object

const good: RawCall = { operation: 'greet', timeLeftMs: 5_000, context: annContext, requestId: 'r', body: '{"name":"Beagle"}' }
const call = (changes: RawCall) => rawCall({ ...good, ...changes })
const asking = (input: unknown) => call({ body: JSON.stringify(input) })
const nested = (levels: number, [open, close]: readonly [string, string], core = '') => `${open.repeat(levels)}${core}${close.repeat(levels)}`
const list = ['[', ']'] as const
const object = ['{"a":', '}'] as const

type Message = [name: string, message: string | Uint8Array]

const unauthenticated: Message[] = [
  ['no context', call({ context: undefined })],
  ['an unsigned context', call({ context: body })],
  ['a context with an empty signature', call({ context: `${body}.` })],
  ['a cut off signature', call({ context: annContext.slice(0, -10) })],
  ['a context of an unknown issuer', call({ context: contextsOf('stranger').sign(ann, 'fort') })],
  ['the system, signed by an unknown issuer', call({ context: contextsOf('stranger').sign(system, 'fort') })],
  ['an expired context', call({ context: contextsOf('api', Date.now() - 120_000).sign(ann, 'fort') })],
  ['a context of tomorrow', call({ context: contextsOf('api', Date.now() + 86_400_000).sign(ann, 'fort') })],
  ['a context for another port', call({ context: api.sign(ann, 'identity') })],
  ['a user made admin', call({ context: `${base64url({ ...claims, actor: admin })}.${signature}` })],
  ['a user made the system', call({ context: `${base64url({ ...claims, actor: system })}.${signature}` })],
  ['another user', call({ context: `${base64url({ ...claims, actor: { ...ann, id: 'bob' } })}.${signature}` })],
  ['another audience', call({ context: `${base64url({ ...claims, aud: 'fort' })}.${signature.slice(0, -4)}AAAA` })],
  ['a JWT with alg none', call({ context: `${base64url({ alg: 'none' })}.${base64url(claims)}.` })],
  ['a bearer token', call({ context: 'Bearer abc' })],
  ['an actor in another line, in place of a context', call({ context: undefined, more: [JSON.stringify(admin)] })],
  ['a principal in other lines, in place of a context', call({ context: undefined, more: ['admin', 'all'] })],
  ['an anonymous caller where a user is needed', call({ operation: 'moor', context: anonymousContext })],
  ['an anonymous caller where an admin is needed', call({ operation: 'sink', context: anonymousContext })],
  ['an anonymous caller where the system is needed', call({ operation: 'audit', body: '{}', context: anonymousContext })],
]

const forbidden: Message[] = [
  ['a user where an admin is needed', call({ operation: 'sink' })],
  ['a user where an admin is needed, with an admin in another line', call({ operation: 'sink', more: [JSON.stringify(admin)] })],
  ['a user where the system is needed', call({ operation: 'audit', body: '{}' })],
  ['an admin where the system is needed', call({ operation: 'audit', body: '{}', context: api.sign(admin, 'fort') })],
]

const notFound: Message[] = [
  '',
  'nothing',
  'null',
  '[]',
  '"greet"',
  'Greet',
  'greet ',
  'greet\u0000',
  'toString',
  'constructor',
  '__proto__',
  'hasOwnProperty',
  'valueOf',
  'then',
].map((operation): Message => [`operation ${JSON.stringify(operation)}`, call({ operation })])

const overdue: Message[] = [0, -1, -1e308].map((timeLeftMs): Message => [`${timeLeftMs} ms left`, call({ timeLeftMs })])

const tooLarge: Message[] = [
  ['600 KB of input', asking({ name: 'x'.repeat(600_000) })],
  ['600 KB in another line', call({ more: ['x'.repeat(600_000)] })],
  ['600 KB of spaces', `${call({})}${' '.repeat(600_000)}`],
  ['600 KB that are not a call', 'x'.repeat(600_000)],
  ['600 KB of bytes', new Uint8Array(600_000).fill(255)],
]

const malformed: Message[] = [
  ...[
    '',
    ' ',
    '{',
    '\n',
    '\n\n',
    '\n\n\n',
    'greet',
    'greet\n\n',
    'greet\n5000',
    call({}).replace('\n\n', '\n'),
    call({}).replaceAll('\n', '\r'),
    call({}).slice(0, 40),
    `7\n${call({})}`,
    `-\n${call({})}`,
    '7',
    '7\n\n',
  ].map((text): Message => [`not a call: ${JSON.stringify(text.slice(0, 30))}`, text]),
  ...['null', 'true', '0', '"text"', '[]', '{}', JSON.stringify(good)].map((text): Message => [`JSON alone: ${text.slice(0, 20)}`, text]),
  ['binary', Uint8Array.from([0, 1, 2, 254, 255])],
  ['UTF-16', Buffer.from(call({}), 'utf16le')],
  ['gzip', Uint8Array.from([31, 139, 8, 0, 0, 0, 0, 0])],
  ...[
    '{',
    '}',
    '[',
    'nul',
    'undefined',
    'NaN',
    "{'name':'Beagle'}",
    '{"name":Beagle}',
    '{"name":"Beagle"}}',
    '{"name":"Beagle"',
    '{"name":"Beagle"}\n{}',
  ].map((body): Message => [`not JSON: ${body}`, call({ body })]),
  ...['-', 'soon', 'NaN', 'Infinity', '1e999', '1e308', '5 000', '5000n', '[]', '{}', 'true', 7_200_000].map((timeLeftMs): Message => [
    `a time left of ${timeLeftMs} ms`,
    call({ timeLeftMs }),
  ]),
  ...(['requestId', 'traceparent', 'key'] as const).flatMap((field): Message[] =>
    ['"', '"open', '"a" "b"', '"a"]'].map((value): Message => [`${field} ${value}`, call({ [field]: value })]),
  ),
  ['no request id', call({ requestId: undefined })],
  ['an empty context, which ends the head', call({ context: '' })],
  ['an operation of 65 characters', call({ operation: 'a'.repeat(65) })],
  ['a context of 5 KB', call({ context: 'x'.repeat(5_000) })],
  ['a key of 2 KB', call({ key: 'x'.repeat(2_000) })],
  ['a key of 2 KB in quotes', call({ key: JSON.stringify('x'.repeat(2_000)) })],
  ['a request id of 300 characters', call({ requestId: 'x'.repeat(300) })],
  ['a trace of 300 characters', call({ traceparent: 'x'.repeat(300) })],
  ['10,000 levels of lists', call({ body: nested(10_000, list) })],
  ['10,000 levels of objects', call({ body: nested(10_000, object, '1') })],
  ['100,000 levels', call({ body: nested(100_000, list) })],
  ['23 levels', call({ body: `{"name":${nested(22, list)}}` })],
  ['__proto__ in the input', call({ body: '{"name":"Beagle","__proto__":{"admin":true}}' })],
  ['constructor in the input', call({ body: '{"name":"Beagle","constructor":{"prototype":{"admin":true}}}' })],
  ['prototype deep in the input', call({ body: '{"name":"Beagle","captain":{"age":7,"prototype":1}}' })],
  ['__proto__ deep in a list', call({ body: '[[{"__proto__":1}]]' })],
]

const invalid: Message[] = [
  ['no input', call({ body: '' })],
  ...[null, 'text', 7, [], {}, { name: 7 }, { name: null }, { name: '' }, { name: ['Beagle'] }, { name: { $gt: '' } }].map((input): Message => [
    `input ${JSON.stringify(input)}`,
    asking(input),
  ]),
  ['a name of 101 characters', asking({ name: 'x'.repeat(101) })],
  ['1e999 masts', call({ body: '{"name":"Beagle","masts":1e999}' })],
  ['2e53 masts', call({ body: '{"name":"Beagle","masts":2e53}' })],
  ['1.5 masts', asking({ name: 'Beagle', masts: 1.5 })],
  ['masts in words', asking({ name: 'Beagle', masts: '3' })],
  ['200,000 wrong things', asking({ name: Array.from({ length: 200_000 }, () => 1) })],
]

const corpus: [code: string, status: number, messages: Message[]][] = [
  ['UNAUTHENTICATED', 401, unauthenticated],
  ['FORBIDDEN', 403, forbidden],
  ['NOT_FOUND', 404, notFound],
  ['DEADLINE_EXCEEDED', 504, overdue],
  ['PAYLOAD_TOO_LARGE', 413, tooLarge],
  ['VALIDATION_FAILED', 400, [...malformed, ...invalid]],
]
const count = corpus.reduce((total, [, , messages]) => total + messages.length, 0)

/** Fields that a schema does not know come from a newer version: they are dropped before the service. */
const extra: Message[] = [
  ['in the input', asking({ name: 'Beagle', admin: true, role: 'admin', id: 7 })],
  ['deep in the input', asking({ name: 'Beagle', captain: { age: 40, salary: 1 } })],
  ['in the call', call({ more: [JSON.stringify(admin), 'identity', 'root'] })],
]

let nats: TestNats
let host: NatsSide
let sender: NatsSide
let connection: NatsConnection
const handled: unknown[] = []
const crashes: unknown[] = []
const crash = (error: unknown): void => void crashes.push(error)

const send = async (message: string | Uint8Array) => {
  const reply = await connection.request('port.fort', message, { timeout: 5_000 })
  return decodeReply(reply.string())
}

describeWithOwnNats('S30: a service whose callers cannot be trusted', () => {
  beforeAll(async () => {
    process.on('unhandledRejection', crash)
    nats = await openNats({ own: true })
    host = await NatsSide.open({ url: nats.url, key: keys.host, trusts: [keys.api] })
    const handle = (input: unknown) => (handled.push(input), 'Ahoy')
    await host.serve(FortPort, { greet: handle, moor: handle, sink: handle, audit: handle })
    sender = await NatsSide.open({ url: nats.url, key: keys.api })
    connection = await sender.connected()
  })
  beforeEach(() => {
    handled.length = 0
  })
  afterAll(async () => {
    process.off('unhandledRejection', crash)
    await Promise.all([host.close(), sender.close()])
    await nats.close()
  })

  it(`S30: gets ${count} raw messages, which are 100 or more`, () => {
    expect(count).toBeGreaterThanOrEqual(100)
  })

  for (const [code, status, messages] of corpus) {
    it.each(messages)(`S30: refuses with ${code}, as HTTP does with ${status}: %s`, async (_, message) => {
      const reply = (await send(message)) as { error: ErrorValue }
      expect(reply).toMatchObject({ error: { code } })
      expect(statusOf(reply.error)).toBe(status)
      expect(handled).toEqual([])
      expect(JSON.stringify(reply)).not.toMatch(/stack|node_modules|\.ts:|at \w+ \(/)
    })
  }

  it.each(extra)('S30: never passes on undeclared fields: %s', async (_, message) => {
    expect(await send(message)).toEqual({ value: 'Ahoy' })
    expect(handled).toHaveLength(1)
    expect(handled[0]).toEqual(expect.objectContaining({ name: 'Beagle' }))
    expect(Object.keys(handled[0] as object).filter((field) => !['name', 'captain'].includes(field))).toEqual([])
    expect(JSON.stringify(handled)).not.toMatch(/admin|root|salary/)
  })

  it('S30: answers a good call after all of them, and has not crashed once', async () => {
    expect(await send(call({}))).toEqual({ value: 'Ahoy' })
    expect(await send(call({ operation: 'audit', body: '{}', context: systemContext }))).toEqual({})
    expect(crashes).toEqual([])
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })
})
