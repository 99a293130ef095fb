import { AppError } from './app-error.js'
import { Cancellation } from './cancellation.js'
import { currentCall } from './current-call.js'
import type { Envelope, Reply, Transport } from './envelope.js'
import { portErrors } from './errors.js'
import { type Expiring, Expiry } from './expiry.js'
import { checkTexts } from './json-text.js'
import type { Operation } from './operation.js'
import { ownKey } from './own-key.js'
import type { AnyPort } from './port.js'
import { RetryBudget } from './retry-budget.js'

export interface ClientOptions {
  /** Checks answers against their schema, and parses ready-made JSON to check what is in it. For development, tests and every wire. */
  checkAnswers?: boolean
}

type Method = (input: unknown) => Promise<unknown>

type SentHere = Envelope & { sentMs: number }

/** Which operation of which port, and how it is reached. */
interface Route {
  port: string
  name: string
  operation: Operation
  transport: Transport
  budget: RetryBudget
  checkAnswers: boolean
}

/** Repeats of one call at most; the budget and the deadline may allow fewer. */
const maxRetries = 2
/** Waits before a repeat, milliseconds, with full jitter: long enough for another instance to be found, short enough for whoever waits. */
const retryWithinMs = 25

const expiry = new Expiry()

/**
 * The client half of a port: an object with the port's methods, each of which sends an envelope and waits until its deadline, not longer. What
 * was `unavailable` is sent again, at most twice and within the port's retry budget, unless a repeat could do harm.
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
    const envelope: SentHere = { port, operation: name, input, timeLeftMs, sentMs: nowMs, actor: caller.actor, trace: caller.trace, key }
    return new PortCall(route, envelope, caller.cancellation).outcome()
  }
}

/** One call that somebody waits for. The deadline holds in process too: a caller gets its time back even where the service does not listen. */
class PortCall extends Cancellation implements Expiring {
  readonly deadlineMs: number
  previous: Expiring | undefined = undefined
  next: Expiring | undefined = undefined
  private resolve!: (value: unknown) => void
  private reject!: (error: unknown) => void
  private retries = 0

  constructor(
    private readonly route: Route,
    private readonly envelope: SentHere,
    callers: Cancellation | undefined,
  ) {
    super(callers)
    this.deadlineMs = envelope.sentMs + envelope.timeLeftMs
  }

  outcome(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
      this.begin()
    })
  }

  expire(): void {
    this.reject(this.overdue())
    this.cancel()
  }

  private begin(): void {
    if (this.envelope.timeLeftMs <= 0) return this.reject(this.overdue())
    if (this.cancelled) return this.reject(portErrors.CALL_CANCELLED())
    expiry.add(this)
    if (this.parent !== undefined) this.onCancel(() => this.abandon())
    this.route.budget.earn()
    this.send()
  }

  /** Not an asynchronous function: a call in process would take 0.1 us longer. */
  private send(): void {
    this.route.transport(this.envelope, this).then(
      (reply) => this.take(reply),
      (error: unknown) => this.fail(error),
    )
  }

  private take(reply: Reply): void {
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
    if (this.mayRepeat(error)) {
      this.retries += 1
      setTimeout(() => this.sendAgain(error), Math.random() * retryWithinMs)
      return
    }
    this.settle()
    this.reject(error)
  }

  private mayRepeat(error: unknown): boolean {
    const { operation, budget } = this.route
    if (!(error instanceof AppError) || error.kind !== 'unavailable' || operation.repeat === 'never') return false
    return this.retries < maxRetries && !this.cancelled && this.deadlineMs - performance.now() > retryWithinMs && budget.take()
  }

  private sendAgain(error: unknown): void {
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

  /** Nobody is there to hear it but the service that made the call for somebody, which ends here instead of going on in vain. */
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
    throw portErrors.INTERNAL({ port: `${port}.${name}` }, new Error(`${port}.${name} answered what it does not declare: ${message}`, { cause }))
  }
}
