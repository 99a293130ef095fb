import { AppError } from './app-error.js'
import { Cancellation } from './cancellation.js'
import { type CurrentCall, currentCall } from './current-call.js'
import type { Envelope, Reply, Transport } from './envelope.js'
import { portErrors } from './errors.js'
import { type Expiring, Expiry } from './expiry.js'
import { onlyPrimary } from './freshness.js'
import { checkTexts } from './json-text.js'
import type { Operation } from './operation.js'
import { ownKey } from './own-key.js'
import type { AnyPort } from './port.js'
import { RetryBudget } from './retry-budget.js'

export interface ClientOptions {
  /** Checks answers against their schema, and parses ready-made JSON to check its contents. For development, tests and every wire. */
  checkAnswers?: boolean
}

type Method = (input: unknown) => Promise<unknown>

type LocalEnvelope = Envelope & { sentMs: number }

/** An operation of a port, and how it is reached. */
interface Route {
  port: string
  name: string
  operation: Operation
  transport: Transport
  budget: RetryBudget
  checkAnswers: boolean
}

/** The most retries of one call; the budget and the deadline may allow fewer. */
const maxRetries = 2
/** The longest wait before a retry, in milliseconds, with full jitter: long enough to find another instance, short enough for the caller. */
const retryWithinMs = 25

const expiry = new Expiry()

/**
 * The client half of a port: an object with the port's methods. Each method sends an envelope and waits for the reply, no longer than its deadline. A call
 * that was `unavailable` is sent again, at most twice and within the port's retry budget, unless a repeat could do harm.
 */
export function portClient<P extends AnyPort>(port: P, transport: Transport, { checkAnswers = false }: ClientOptions = {}): InstanceType<P> {
  const methods: Record<string, Method> = {}
  const budget = new RetryBudget()
  for (const [name, operation] of Object.entries(port.operations)) {
    methods[name] = method({ port: port.portName, name, operation, transport, budget, checkAnswers })
  }
  return Object.freeze(methods) as InstanceType<P>
}

function method(route: Route): Method {
  const { port, name, operation } = route
  const keyName = `${port}.${name}`
  return (input) => {
    const caller = currentCall()
    const nowMs = performance.now()
    const timeLeftMs = Math.min(operation.timeoutMs, caller.deadlineMs - nowMs)
    if (operation.kind === 'command' && caller.isBatch) return Promise.reject(portErrors.COMMAND_IN_BATCH({ command: keyName }))
    const key = operation.kind === 'command' ? (caller.deriveKey(keyName) ?? ownKey()) : undefined
    // What decides about writes must not learn of old data by way of another module.
    const freshness = operation.kind === 'query' && caller.reads === 'primary' ? onlyPrimary : caller.freshness
    const { actor, trace } = caller
    return new PortCall(route, { port, operation: name, input, timeLeftMs, sentMs: nowMs, actor, trace, key, freshness }, caller).outcome()
  }
}

/** One call that a caller waits for. The deadline applies to local calls too: the caller gets an error at the deadline even if the service ignores it. */
class PortCall extends Cancellation implements Expiring {
  readonly deadlineMs: number
  previous: Expiring | undefined = undefined
  next: Expiring | undefined = undefined
  private resolve!: (value: unknown) => void
  private reject!: (error: unknown) => void
  private retries = 0

  constructor(
    private readonly route: Route,
    private readonly envelope: LocalEnvelope,
    private readonly caller: CurrentCall,
  ) {
    super(caller.cancellation)
    this.deadlineMs = envelope.sentMs + envelope.timeLeftMs
  }

  outcome(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
      this.start()
    })
  }

  expire(): void {
    if (this.route.operation.kind === 'command') this.caller.noteWrite(onlyPrimary)
    this.reject(this.overdue())
    this.cancel()
  }

  private start(): void {
    if (this.envelope.timeLeftMs <= 0) return this.reject(this.overdue())
    if (this.cancelled) return this.reject(portErrors.CALL_CANCELLED())
    expiry.add(this)
    if (this.parent !== undefined) this.onCancel(() => this.abandon())
    this.route.budget.earn()
    this.send()
  }

  /** Not an async function: a local call would take 0.1 us longer. */
  private send(): void {
    this.route.transport(this.envelope, this).then(
      (reply) => this.receive(reply),
      (error: unknown) => this.fail(error),
    )
  }

  private receive(reply: Reply): void {
    if (reply.freshness !== undefined) this.caller.noteWrite(reply.freshness)
    if ('error' in reply) return this.fail(AppError.from(reply.error))
    this.settle()
    const value = 'json' in reply ? reply.json : reply.value
    try {
      this.resolve(this.route.checkAnswers ? checked(this.route, value) : value)
    } catch (error) {
      this.reject(error)
    }
  }

  private fail(error: unknown): void {
    if (this.canRetry(error)) {
      this.retries += 1
      setTimeout(() => this.resend(error), Math.random() * retryWithinMs)
      return
    }
    this.settle()
    this.reject(error)
  }

  private canRetry(error: unknown): boolean {
    const { operation, budget } = this.route
    if (!(error instanceof AppError) || error.kind !== 'unavailable' || operation.repeat === 'never') return false
    return this.retries < maxRetries && !this.cancelled && this.deadlineMs - performance.now() > retryWithinMs && budget.take()
  }

  private resend(error: unknown): void {
    const nowMs = performance.now()
    const timeLeftMs = this.deadlineMs - nowMs
    if (timeLeftMs > 0 && !this.cancelled) {
      this.envelope.sentMs = nowMs
      this.envelope.timeLeftMs = timeLeftMs
      return this.send()
    }
    this.settle()
    this.reject(error)
  }

  /** The original caller has gone. The service that made this call for it gets an error, so that it stops instead of working in vain. */
  private abandon(): void {
    this.settle()
    this.reject(portErrors.CALL_CANCELLED())
  }

  private settle(): void {
    expiry.remove(this)
    this.end()
  }

  private overdue(): AppError {
    return portErrors.DEADLINE_EXCEEDED({ port: this.route.port, operation: this.route.name })
  }
}

function checked({ port, name, operation }: Route, value: unknown): unknown {
  if (operation.output === undefined) return undefined
  try {
    const answer = operation.output.parse(value)
    checkTexts(operation.output, answer)
    return answer
  } catch (cause) {
    const { message } = cause as Error
    throw portErrors.INTERNAL(
      { port: `${port}.${name}` },
      new Error(`${port}.${name} returned an answer that it does not declare: ${message}`, { cause }),
    )
  }
}
