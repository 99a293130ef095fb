import { permits } from './actor.js'
import { AppError } from './app-error.js'
import { enterCall } from './call-storage.js'
import type { Cancellation } from './cancellation.js'
import { CurrentCall, currentCall } from './current-call.js'
import type { Envelope, Reply, Transport } from './envelope.js'
import { portErrors } from './errors.js'
import { schemaInText } from './json-text.js'
import type { Operation } from './operation.js'
import { Slots, type Report } from './slots.js'
import { type AnyPort, wireSchema } from './port.js'
import { assertStorable, hasOpenList } from './storable.js'
import { validationFailed } from './validation.js'

export interface HandlerOptions {
  /** The most calls that run at once; more are refused as `unavailable` instead of being queued. */
  maxConcurrent?: number
  report?: Report
  /** Turns what the service threw into what is meant: an `AppError` may come wrapped by a library. If omitted, it is taken as it is. */
  translate?: (error: unknown) => unknown
}

type Service = Record<string, (input: unknown) => unknown>

/** An operation with everything that can be computed before the first call. */
interface Prepared {
  /** `<port>.<operation>` */
  name: string
  operation: Operation
  answersText: boolean
  /** Whether a text that cannot be stored makes the whole input invalid. The items of `z.array(z.unknown())` are instead checked one by one, by the service. */
  checksText: boolean
}

/** The handler half of a port: checks the caller, parses the input, runs the service as its own call, and turns errors into replies. Never rejects. */
export function portHandler(port: AnyPort, service: object, { maxConcurrent = 1_000, report, translate = asItIs }: HandlerOptions = {}): Transport {
  const operations = new Map(Object.entries(port.operations).map(([name, operation]) => [name, prepare(port, name, operation)]))
  const slots = new Slots(maxConcurrent, report)
  // One async function, not a chain of them: each further one costs a local call 0.1 us.
  return async (envelope, cancellation) => {
    const prepared = operations.get(envelope.operation)
    const slot = slots.take(envelope, prepared?.operation.timeoutMs ?? 0)
    if (slot === undefined) return refusal(portErrors.PORT_OVERLOADED({ retryAfterS: 1 }))
    // From here on this code has its own microtask, as `enterCall` requires.
    await undefined
    let error: unknown
    let reply: Reply
    let call: CurrentCall | undefined
    try {
      if (prepared === undefined) throw portErrors.NOT_FOUND({ operation: envelope.operation })
      call = admit(prepared, envelope, slot.deadlineMs, cancellation)
      enterCall(call)
      reply = replyOf(prepared, await (service as Service)[envelope.operation]!(call.command!.input))
    } catch (failure) {
      error = translate(failure)
      reply = refusal(error)
    }
    slot.leave(error)
    if (call !== undefined && envelope.freshness !== undefined && call.freshness > envelope.freshness) reply.freshness = call.freshness
    return reply
  }
}

const prepare = ({ portName }: AnyPort, name: string, operation: Operation): Prepared => ({
  name: `${portName}.${name}`,
  operation,
  answersText: operation.output !== undefined && schemaInText(operation.output) !== undefined,
  checksText: !hasOpenList(wireSchema(operation.input)),
})

const asItIs = (error: unknown): unknown => error

const refusal = (error: unknown): Reply => ({ error: (error instanceof AppError ? error : portErrors.INTERNAL()).toValue() })

/** The call in which the service runs. Throws if the call is refused. */
function admit(
  { name, operation: { access, input, freshness: reads }, checksText }: Prepared,
  envelope: Envelope,
  deadlineMs: number,
  cancellation: Cancellation | undefined,
): CurrentCall {
  const { actor, trace, key, timeLeftMs, freshness } = envelope
  if (!permits(access, actor)) throw actor.kind === 'anonymous' ? portErrors.UNAUTHENTICATED() : portErrors.FORBIDDEN()
  if (timeLeftMs <= 0) throw portErrors.DEADLINE_EXCEEDED({ operation: envelope.operation })
  const parsed = input.safeParse(envelope.input)
  if (!parsed.success) throw validationFailed(parsed.error)
  if (checksText) assertStorable(parsed.data)
  const command = { name, input: parsed.data, sent: envelope.input, schema: input }
  // In one process this still runs in the context of the caller.
  const { origin } = currentCall()
  return new CurrentCall({ actor, trace, deadlineMs, key, command, origin, cancellation, reads, freshness })
}

function replyOf({ operation, answersText }: Prepared, value: unknown): Reply {
  if (operation.output === undefined) return {}
  return answersText ? { json: value as string } : { value }
}
