import type { Actor } from './actor.js'
import type { ErrorValue } from './app-error.js'
import type { Cancellation } from './cancellation.js'
import type { Trace } from './current-call.js'

/** A call on its way, the same in one process and between two. */
export interface Envelope {
  port: string
  operation: string
  input: unknown
  /** Milliseconds, so that clocks need not agree. */
  timeLeftMs: number
  /** Since when, on the monotonic clock of this process: a look at the clock less (5% of a call). Absent on what comes from elsewhere. */
  sentMs?: number | undefined
  actor: Actor
  trace: Trace
  /** Present on every command. */
  key?: string | undefined
}

/** `json` is an answer that is serialised already; `value` is absent where an operation answers nothing. */
export type Reply = { value?: unknown } | { json: string } | { error: ErrorValue }

/**
 * Brings an envelope to the handler half and its reply back: the only thing in which bindings differ. Rejects with an AppError when the call
 * did not arrive; what the handler answered, errors too, is a reply. `cancellation` tells when the caller stops waiting.
 */
export type Transport = (envelope: Envelope, cancellation?: Cancellation) => Promise<Reply>

/** What one message may weigh. NATS takes 1 MiB by default; half of it leaves room for headers and keeps slow consumers rare. Bytes go to the object store. */
export const maxPayloadBytes = 512 * 1024
