import { permits } from './actor.js'
import { AppError } from './app-error.js'
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
  let running = 0
  return async (envelope, cancelled) => {
    const startedMs = performance.now()
    if (running >= maxConcurrent) return refusal(portErrors.PORT_OVERLOADED({ retryAfterS: 1 }))
    running += 1
    const { reply, ...failure } = await answer(port, service as Service, envelope, cancelled).then(
      (reply) => ({ reply }),
      (error: unknown) => ({ reply: refusal(error), error }),
    )
    running -= 1
    report?.({ port: envelope.port, operation: envelope.operation, durationMs: performance.now() - startedMs, ...failure })
    return reply
  }
}

const refusal = (error: unknown): Reply => ({ error: (error instanceof AppError ? error : portErrors.INTERNAL()).toValue() })

async function answer(port: AnyPort, service: Service, envelope: Envelope, cancelled: AbortSignal | undefined): Promise<Reply> {
  const operation = Object.hasOwn(port.operations, envelope.operation) ? port.operations[envelope.operation] : undefined
  if (operation === undefined) throw portErrors.NOT_FOUND({ operation: envelope.operation })
  const { actor, trace, key, timeLeftMs } = envelope
  if (!permits(operation.access, actor)) throw actor.kind === 'anonymous' ? portErrors.UNAUTHENTICATED() : portErrors.FORBIDDEN()
  if (timeLeftMs <= 0) throw portErrors.DEADLINE_EXCEEDED({ operation: envelope.operation })
  const input = operation.input.safeParse(envelope.input)
  if (!input.success) throw validationFailed(input.error)
  const call = new CurrentCall({ actor, trace, deadlineMs: performance.now() + timeLeftMs, ...(key && { key }), ...(cancelled && { cancelled }) })
  return replyOf(operation, await runCall(call, () => service[envelope.operation]!(input.data)))
}

function replyOf(operation: Operation, value: unknown): Reply {
  if (operation.output === undefined) return {}
  return schemaInText(operation.output) === undefined ? { value } : { json: value as string }
}
