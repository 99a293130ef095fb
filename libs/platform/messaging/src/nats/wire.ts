import { type Envelope, type ErrorValue, harmIn, maxPayloadBytes, portErrors, type Reply, statusByKind } from '@kilomega/ports'
import { z } from 'zod'
import type { SignedContexts } from './signed-context.js'

/** A call as it travels. Which port it is for is said by its subject; unknown fields are those of a newer version and are dropped. */
const WireCall = z.object({
  operation: z.string().max(64),
  input: z.unknown(),
  timeLeftMs: z.number().max(3_600_000),
  context: z.string().max(4_096).optional(),
  trace: z.object({ requestId: z.string().max(256), traceparent: z.string().max(256).optional() }),
  key: z.string().max(1_024).optional(),
})

const WireError = z.object({
  kind: z.enum(Object.keys(statusByKind) as [ErrorValue['kind']]),
  code: z.string(),
  message: z.string(),
  details: z.unknown().optional(),
})

/** Levels of a whole message: an HTTP body may have 20, and a call wraps it once. */
const maxDepth = 22

/** The first character of a reply says what follows it: an answer as JSON, JSON that was made ready elsewhere, an error, or nothing. */
const tags = { value: 'V', json: 'J', error: 'E', nothing: 'N' } as const

/** What the library's own encoder makes is 1 us dearer for a KB, and lies outside of what V8 collects cheaply. */
export const bytesOf = (text: string): Buffer => Buffer.from(text)

/** Refuses what one message may not weigh, before it is sent. Most are far below, and then their bytes need not be counted. */
export function sized(text: string): string {
  if (text.length * 3 <= maxPayloadBytes) return text
  const sizeBytes = Buffer.byteLength(text)
  if (sizeBytes > maxPayloadBytes) throw portErrors.PAYLOAD_TOO_LARGE({ sizeBytes, limitBytes: maxPayloadBytes })
  return text
}

/** Put together piece by piece: JSON.stringify of the whole takes half as long again. A signed context has no character that JSON would escape. */
export function encodeCall({ port, operation, input, timeLeftMs, actor, trace, key }: Envelope, contexts: SignedContexts): string {
  const head = `{"operation":${JSON.stringify(operation)},"timeLeftMs":${timeLeftMs},"context":"${contexts.sign(actor, port)}"`
  const text = `${head},"trace":${JSON.stringify(trace)}${field('key', key)}${field('input', input)}}`
  return sized(text)
}

function field(name: string, value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  return text === undefined ? '' : `,"${name}":${text}`
}

/**
 * What arrived, as the handler half takes it. Throws an AppError on what is no call, or comes from nobody whom we believe, or wants its reply elsewhere than
 * in the inbox of who signed.
 */
export function decodeCall(port: string, text: string, contexts: SignedContexts, reply?: string): Envelope {
  const message = parsed(text)
  const harm = harmIn(message, maxDepth)
  if (harm !== undefined) throw portErrors.VALIDATION_FAILED({ errors: [harm] })
  const call = WireCall.safeParse(message)
  if (!call.success) throw portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'malformed', message: 'This is not a port call' }] })
  const { operation, input, timeLeftMs, context, trace, key } = call.data
  const envelope: Envelope = { port, operation, input, timeLeftMs, actor: contexts.actorOf(context, port, reply), trace: trace as Envelope['trace'] }
  return key === undefined ? envelope : { ...envelope, key }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'invalid_json', message: 'The message is not JSON' }] })
  }
}

/** Ready-made JSON is spliced in as it is. */
export function encodeReply(reply: Reply): string {
  if ('json' in reply) return sized(tags.json + reply.json)
  if ('error' in reply) return sized(tags.error + JSON.stringify(reply.error))
  return reply.value === undefined ? tags.nothing : sized(tags.value + JSON.stringify(reply.value))
}

export function decodeReply(text: string): Reply {
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
