import { AsyncLocalStorage } from 'node:async_hooks'
import { type Actor, anonymous } from './actor.js'

/** What ties log lines, spans and answers of one request together. `traceparent` is W3C Trace Context. */
export interface Trace {
  requestId: string
  traceparent?: string
}

export interface CallOptions {
  actor: Actor
  trace: Trace
  /** On the monotonic clock of this process (`performance.now()`); `Infinity` where nobody waits. Over a wire it travels as time left. */
  deadlineMs?: number
  /** What makes a repeat of this call recognisable; commands called from here derive theirs from it. */
  key?: string
  /** Aborts when the caller gives up before the deadline. */
  cancelled?: AbortSignal
}

/** The call that the code at hand works for: who asks, until when, and under which key. */
export class CurrentCall {
  readonly actor: Actor
  readonly trace: Trace
  readonly deadlineMs: number
  readonly key: string | undefined
  private readonly cancelled: AbortSignal | undefined
  private ownSignal: AbortSignal | undefined

  constructor({ actor, trace, deadlineMs = Infinity, key, cancelled }: CallOptions) {
    this.actor = actor
    this.trace = trace
    this.deadlineMs = deadlineMs
    this.key = key
    this.cancelled = cancelled
  }

  timeLeftMs(): number {
    return this.deadlineMs - performance.now()
  }

  /** Aborts at the deadline or when the caller gives up. Made on first use, because a signal with a timer costs more than a whole call. */
  get signal(): AbortSignal {
    return (this.ownSignal ??= this.makeSignal())
  }

  private makeSignal(): AbortSignal {
    const signals = this.cancelled === undefined ? [] : [this.cancelled]
    if (this.deadlineMs !== Infinity) signals.push(AbortSignal.timeout(Math.max(0, Math.ceil(this.timeLeftMs()))))
    return signals.length === 1 ? signals[0]! : AbortSignal.any(signals)
  }
}

const storage = new AsyncLocalStorage<CurrentCall>()
const outside = new CurrentCall({ actor: anonymous, trace: { requestId: 'none' } })

/** The call at hand; outside of any call an anonymous one without a deadline. */
export const currentCall = (): CurrentCall => storage.getStore() ?? outside

/** Runs work as a call of its own: a request at the edge, a job, a domain event, start-up. */
export const runCall = <T>(call: CurrentCall, work: () => T): T => storage.run(call, work)
