import { permits } from './actor.js'
import { AppError } from './app-error.js'
import type { Cancellation } from './cancellation.js'
import { CurrentCall, runCall } from './current-call.js'
import type { Envelope, Reply, Transport } from './envelope.js'
import { portErrors } from './errors.js'
import { schemaInText } from './json-text.js'
import type { Operation } from './operation.js'
import type { AnyPort } from './port.js'
import { validationFailed } from './validation.js'

/** One finished call, for metrics and logs. `error` is the original, also where the caller only learns `INTERNAL`. */
export interface CallReport {
  port: string
  operation: string
  durationMs: number
  error?: unknown
}

export interface HandlerOptions {
  /** Calls at work at once; more are refused as `unavailable` instead of queueing. */
  maxConcurrent?: number
  report?: (report: CallReport) => void
}

type Service = Record<string, (input: unknown) => unknown>

/** The handler half of a port: checks who calls, parses input, runs the service as a call of its own, turns errors into replies. Never rejects. */
export function portHandler(port: AnyPort, service: object, { maxConcurrent = 1_000, report }: HandlerOptions = {}): Transport {
  const operations = new Map(Object.entries(port.operations))
  let running = 0
  // One asynchronous function, not a chain of them: each further one costs a call in process 0.1 us.
  return async (envelope, cancellation) => {
    if (running >= maxConcurrent) return refusal(portErrors.PORT_OVERLOADED({ retryAfterS: 1 }))
    const startedMs = performance.now()
    const failure: { error?: unknown } = {}
    let reply: Reply
    running += 1
    try {
      const operation = operations.get(envelope.operation)
      if (operation === undefined) throw portErrors.NOT_FOUND({ operation: envelope.operation })
      const call = admit(operation, envelope, { startedMs, cancellation })
      reply = replyOf(operation, await runCall(call, () => (service as Service)[envelope.operation]!(call.command!.input)))
    } catch (error) {
      failure.error = error
      reply = refusal(error)
    }
    running -= 1
    report?.({ port: envelope.port, operation: envelope.operation, durationMs: performance.now() - startedMs, ...failure })
    return reply
  }
}

const refusal = (error: unknown): Reply => ({ error: (error instanceof AppError ? error : portErrors.INTERNAL()).toValue() })

interface Arrival {
  startedMs: number
  cancellation: Cancellation | undefined
}

/** The call as which the service runs, or the reason why it does not. */
function admit({ access, input }: Operation, envelope: Envelope, { startedMs, cancellation }: Arrival): CurrentCall {
  const { actor, trace, key, timeLeftMs, port, operation } = envelope
  if (!permits(access, actor)) throw actor.kind === 'anonymous' ? portErrors.UNAUTHENTICATED() : portErrors.FORBIDDEN()
  if (timeLeftMs <= 0) throw portErrors.DEADLINE_EXCEEDED({ operation })
  const read = input.safeParse(envelope.input)
  if (!read.success) throw validationFailed(read.error)
  const command = { name: `${port}.${operation}`, input: read.data }
  return new CurrentCall({ actor, trace, deadlineMs: startedMs + timeLeftMs, command, ...(key && { key }), ...(cancellation && { cancellation }) })
}

function replyOf(operation: Operation, value: unknown): Reply {
  if (operation.output === undefined) return {}
  return schemaInText(operation.output) === undefined ? { value } : { json: value as string }
}
