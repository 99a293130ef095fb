import { type AppError, type Envelope, type ErrorValue, harmIn, maxPayloadBytes, portErrors, type Reply, statusByKind } from '@kilomega/ports'
import { z } from 'zod'
import type { SignedContexts } from './signed-context.js'

const WireError = z.object({
  kind: z.enum(Object.keys(statusByKind) as [ErrorValue['kind']]),
  code: z.string(),
  message: z.string(),
  details: z.unknown().optional(),
})

/** The most levels of nesting in an input: an HTTP body may have 20, and a port may wrap it once. */
const maxDepth = 21

/**
 * The first character of a reply says what follows: an answer as JSON, ready-made JSON, an error, or nothing. Before it there may be a line with the freshness,
 * for callers that know it.
 */
const tags = { value: 'V', json: 'J', error: 'E', nothing: 'N', freshness: 'F' } as const

/** The NATS library's own encoder costs 1 us more per KB, and its result lies outside the memory that V8 collects cheaply. */
export const bytesOf = (text: string): Buffer => Buffer.from(text)

export const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string => Buffer.from(buffer, byteOffset, byteLength).toString()

/** Refuses a message that is too large, before it is sent. Most are far below the limit, so their bytes need not be counted. */
export function sized(text: string): string {
  if (text.length * 3 <= maxPayloadBytes) return text
  const sizeBytes = Buffer.byteLength(text)
  if (sizeBytes > maxPayloadBytes) throw portErrors.PAYLOAD_TOO_LARGE({ sizeBytes, limitBytes: maxPayloadBytes })
  return text
}

const absent = '-'
/** The most characters that a line may have, far more than ours have. */
const limits = { operation: 64, context: 4_096, trace: 256, key: 1_024, freshness: 64 } as const
const longestMs = 3_600_000

/**
 * A call as it travels: a line each for the operation, the time left, the signed context, the two ids of the trace, the key, the time on the
 * caller's clock and the freshness, then an empty line, then the input as JSON. The subject says which port it is for. A newer version may add lines before the empty one: they are
 * dropped. Using one JSON object for all of it, with a schema to check it, cost each side 0.7 to 1 us more.
 */
export function encodeCall({ port, operation, input, timeLeftMs, actor, trace, key, freshness }: Envelope, contexts: SignedContexts): string {
  const ids = `${line(trace.requestId)}\n${line(trace.traceparent)}\n${line(key)}\n${contexts.nowMs()}\n${line(freshness)}`
  const body = (JSON.stringify(input) as string | undefined) ?? ''
  return sized(`${operation}\n${Math.floor(timeLeftMs)}\n${contexts.sign(actor, port)}\n${ids}\n\n${body}`)
}

const line = (text: string | undefined): string => (text === undefined ? absent : isPlain(text) ? text : JSON.stringify(text))

/** A line may not be written as it is if it is empty, starts like one of the two other forms, or contains a line break. */
const isPlain = (text: string): boolean => text !== '' && text[0] !== absent && text[0] !== '"' && !text.includes('\n')

/**
 * Decodes a call for the handler half. Throws an AppError if it is not a call or its sender is not trusted, and `ForeignInbox` if its reply would not go
 * to an inbox of the signer.
 */
export function decodeCall(port: string, text: string, contexts: SignedContexts, reply?: string): Envelope {
  const headEnds = text.indexOf('\n\n')
  if (headEnds === -1) throw malformed()
  const [operation = '', timeLeft = '', context = absent, requestId, traceparent, key, sentAt, freshness] = text.slice(0, headEnds).split('\n')
  const timeLeftMs = timeLeft === '' ? NaN : Number(timeLeft)
  if (operation.length > limits.operation || context.length > limits.context || !(timeLeftMs <= longestMs)) throw malformed()
  const trace = traceOf(read(requestId, limits.trace), read(traceparent, limits.trace))
  const input = inputIn(text.slice(headEnds + 2))
  const actor = contexts.actorOf(context === absent ? undefined : context, port, { reply, sentAtMs: Number(sentAt) })
  return { port, operation, input, timeLeftMs, actor, trace, key: read(key, limits.key), freshness: read(freshness, limits.freshness) }
}

function traceOf(requestId: string | undefined, traceparent: string | undefined): Envelope['trace'] {
  if (requestId === undefined) throw malformed()
  return traceparent === undefined ? { requestId } : { requestId, traceparent }
}

function read(line: string | undefined, longest: number): string | undefined {
  if (line === undefined || line === absent) return undefined
  const text: unknown = line.startsWith('"') ? parsed(line) : line
  if (typeof text !== 'string' || text.length > longest) throw malformed()
  return text
}

function inputIn(body: string): unknown {
  if (body === '') return undefined
  const input = parsed(body)
  const harm = harmIn(input, maxDepth)
  if (harm !== undefined) throw portErrors.VALIDATION_FAILED({ errors: [harm] })
  return input
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'invalid_json', message: 'The message is not JSON' }] })
  }
}

const malformed = (): AppError => portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'malformed', message: 'This is not a port call' }] })

/** Ready-made JSON is spliced in as it is. */
export function encodeReply(reply: Reply): string {
  const head = reply.freshness === undefined ? '' : `${tags.freshness}${reply.freshness}\n`
  if ('json' in reply) return sized(head + tags.json + reply.json)
  if ('error' in reply) return sized(head + tags.error + JSON.stringify(reply.error))
  return reply.value === undefined ? head + tags.nothing : sized(head + tags.value + JSON.stringify(reply.value))
}

export function decodeReply(text: string): Reply {
  if (text[0] !== tags.freshness) return answerIn(text)
  const headEnds = text.indexOf('\n')
  return { ...answerIn(text.slice(headEnds + 1)), freshness: text.slice(1, headEnds) }
}

function answerIn(text: string): Reply {
  const rest = text.slice(1)
  switch (text[0]) {
    case tags.value:
      return { value: JSON.parse(rest) as unknown }
    case tags.json:
      return { json: rest }
    case tags.nothing:
      return {}
    case tags.error:
      return { error: WireError.parse(JSON.parse(rest)) as ErrorValue }
    default:
      throw new Error(`a reply begins with ${JSON.stringify(text[0])}`)
  }
}
