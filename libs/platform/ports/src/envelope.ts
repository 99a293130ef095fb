import type { Actor } from './actor.js'
import type { ErrorValue } from './app-error.js'
import type { Cancellation } from './cancellation.js'
import type { Trace } from './current-call.js'

/** A call in transit, the same within one process and between two. */
export interface Envelope {
  port: string
  operation: string
  input: unknown
  /** In milliseconds. Time left instead of an end time, so that clocks need not agree. */
  timeLeftMs: number
  /** When it was sent, on the monotonic clock of this process. Saves reading the clock again (5% of a call). Undefined if it comes from another process. */
  sentMs?: number | undefined
  actor: Actor
  trace: Trace
  /** Every command has one. */
  key?: string | undefined
  /** How fresh a copy of the data must be that answers; see `CurrentCall`. Undefined if the caller is of a version that knows none. */
  freshness?: string | undefined
}

/** `json` is an answer that is already serialised; `value` is missing if an operation returns nothing. `freshness` is there if the call wrote. */
export type Reply = ({ value?: unknown } | { json: string } | { error: ErrorValue }) & { freshness?: string }

/**
 * Brings an envelope to the handler half and returns its reply. This is the only thing in which bindings differ. Rejects with an AppError if the call
 * did not arrive. Whatever the handler answers is a reply, including errors. `cancellation` reports when the caller stops waiting.
 */
export type Transport = (envelope: Envelope, cancellation?: Cancellation) => Promise<Reply>

/** The largest message. NATS takes 1 MiB by default; half of it leaves room for headers and keeps slow consumers rare. Files go to the object store. */
export const maxPayloadBytes = 512 * 1024
