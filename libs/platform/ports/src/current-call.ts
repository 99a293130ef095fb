import type { z } from 'zod'
import { type Actor, anonymous } from './actor.js'
import { storage } from './call-storage.js'
import type { Cancellation } from './cancellation.js'
import { portErrors } from './errors.js'

/** What ties log lines, spans and answers of one request together. `traceparent` is W3C Trace Context. */
export interface Trace {
  requestId: string
  traceparent?: string
}

/** The command that is being done, for receipts: a repeat has the same key, the same principal and the same input. */
export interface CommandAtWork {
  /** `<port>.<operation>` */
  readonly name: string
  /** As the schema read it. */
  readonly input: unknown
  /** As it came, before the schema filled in defaults and changed texts; `input` where it is absent. */
  readonly sent?: unknown
  /** By which it was read. */
  readonly schema?: z.ZodType
}

export interface CallOptions {
  actor: Actor
  trace: Trace
  /** On the monotonic clock of this process (`performance.now()`); `Infinity` where nobody waits. Over a wire it travels as time left. */
  deadlineMs?: number | undefined
  /** What makes a repeat of this call recognisable; commands called from here derive theirs from it. */
  key?: string | undefined
  /** A batch of events has no key that a repeat would have again: commands called from here are refused. */
  isBatch?: boolean | undefined
  command?: CommandAtWork | undefined
  /** Tells when the caller gives up before the deadline. */
  cancellation?: Cancellation | undefined
}

/** The call that the code at hand works for: who asks, until when, and under which key. */
export class CurrentCall {
  readonly actor: Actor
  readonly trace: Trace
  readonly deadlineMs: number
  readonly key: string | undefined
  readonly isBatch: boolean
  readonly command: CommandAtWork | undefined
  readonly cancellation: Cancellation | undefined
  private ownSignal: AbortSignal | undefined
  private derived: Map<string, number> | undefined

  constructor({ actor, trace, deadlineMs = Infinity, key, isBatch = false, command, cancellation }: CallOptions) {
    this.actor = actor
    this.trace = trace
    this.deadlineMs = deadlineMs
    this.key = key
    this.isBatch = isBatch
    this.command = command
    this.cancellation = cancellation
    this.ownSignal = undefined
    this.derived = undefined
  }

  timeLeftMs(): number {
    return this.deadlineMs - performance.now()
  }

  /** Aborts at the deadline or when the caller gives up. Made on first use, because a signal with a timer costs more than a whole call. */
  get signal(): AbortSignal {
    return (this.ownSignal ??= this.makeSignal())
  }

  /**
   * The key of a command that is called from here: the same at each repeat of this call, and another one for each further call of the same
   * operation, as long as they come in the same order. Nothing where this call has no key itself. Throws `COMMAND_IN_BATCH` where it is a batch.
   */
  deriveKey(name: string): string | undefined {
    if (this.isBatch) throw portErrors.COMMAND_IN_BATCH({ command: name })
    if (this.key === undefined) return undefined
    this.derived ??= new Map()
    const count = (this.derived.get(name) ?? 0) + 1
    this.derived.set(name, count)
    return count === 1 ? `${this.key}/${name}` : `${this.key}/${name}#${count}`
  }

  private makeSignal(): AbortSignal {
    const cancelling = new AbortController()
    this.cancellation?.onCancel(() => cancelling.abort())
    if (this.deadlineMs === Infinity) return cancelling.signal
    return AbortSignal.any([cancelling.signal, AbortSignal.timeout(Math.max(0, Math.ceil(this.timeLeftMs())))])
  }
}

const outside = new CurrentCall({ actor: anonymous, trace: { requestId: 'none' } })

/** The call at hand; outside of any call an anonymous one without a deadline. */
export const currentCall = (): CurrentCall => storage.getStore() ?? outside

/** Runs work as a call of its own: a request at the edge, a job, a domain event, start-up. */
export const runCall = <T>(call: CurrentCall, work: () => T): T => storage.run(call, work)
