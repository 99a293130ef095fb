import { permits } from './actor.js'
import { AppError } from './app-error.js'
import { enterCall } from './call-storage.js'
import type { Cancellation } from './cancellation.js'
import { CurrentCall } from './current-call.js'
import type { Envelope, Reply, Transport } from './envelope.js'
import { portErrors } from './errors.js'
import { schemaInText } from './json-text.js'
import type { Operation } from './operation.js'
import { Places, type Report } from './places.js'
import { type AnyPort, wireSchema } from './port.js'
import { assertStorable, hasOpenList } from './storable.js'
import { validationFailed } from './validation.js'

export interface HandlerOptions {
  /** Calls at work at once; more are refused as `unavailable` instead of queueing. */
  maxConcurrent?: number
  report?: Report
}

type Service = Record<string, (input: unknown) => unknown>

/** What is known of an operation before the first call. */
interface Known {
  /** `<port>.<operation>` */
  name: string
  operation: Operation
  answersText: boolean
  /** Whether a text that cannot be stored refuses all of it. The items of `z.array(z.unknown())` are judged one by one, by the service. */
  checksText: boolean
}

/** The handler half of a port: checks who calls, parses input, runs the service as a call of its own, turns errors into replies. Never rejects. */
export function portHandler(port: AnyPort, service: object, { maxConcurrent = 1_000, report }: HandlerOptions = {}): Transport {
  const operations = new Map(Object.entries(port.operations).map(([name, operation]) => [name, knownOf(port, name, operation)]))
  const places = new Places(maxConcurrent, report)
  // One asynchronous function, not a chain of them: each further one costs a call in process 0.1 us.
  return async (envelope, cancellation) => {
    const known = operations.get(envelope.operation)
    const place = places.take(envelope, known?.operation.timeoutMs ?? 0)
    if (place === undefined) return refusal(portErrors.PORT_OVERLOADED({ retryAfterS: 1 }))
    // From here on this is a microtask of its own, as `enterCall` wants it.
    await undefined
    let error: unknown
    let reply: Reply
    try {
      if (known === undefined) throw portErrors.NOT_FOUND({ operation: envelope.operation })
      const call = admit(known, envelope, place.deadlineMs, cancellation)
      enterCall(call)
      reply = replyOf(known, await (service as Service)[envelope.operation]!(call.command!.input))
    } catch (failure) {
      error = failure
      reply = refusal(failure)
    }
    place.leave(error)
    return reply
  }
}

const knownOf = ({ portName }: AnyPort, name: string, operation: Operation): Known => ({
  name: `${portName}.${name}`,
  operation,
  answersText: operation.output !== undefined && schemaInText(operation.output) !== undefined,
  checksText: !hasOpenList(wireSchema(operation.input)),
})

const refusal = (error: unknown): Reply => ({ error: (error instanceof AppError ? error : portErrors.INTERNAL()).toValue() })

/** The call as which the service runs, or the reason why it does not. */
function admit(
  { name, operation: { access, input }, checksText }: Known,
  envelope: Envelope,
  deadlineMs: number,
  cancellation: Cancellation | undefined,
): CurrentCall {
  const { actor, trace, key, timeLeftMs } = envelope
  if (!permits(access, actor)) throw actor.kind === 'anonymous' ? portErrors.UNAUTHENTICATED() : portErrors.FORBIDDEN()
  if (timeLeftMs <= 0) throw portErrors.DEADLINE_EXCEEDED({ operation: envelope.operation })
  const read = input.safeParse(envelope.input)
  if (!read.success) throw validationFailed(read.error)
  if (checksText) assertStorable(read.data)
  const command = { name, input: read.data, sent: envelope.input, schema: input }
  return new CurrentCall({ actor, trace, deadlineMs, key, command, cancellation })
}

function replyOf({ operation, answersText }: Known, value: unknown): Reply {
  if (operation.output === undefined) return {}
  return answersText ? { json: value as string } : { value }
}
