import type { AppError } from './app-error.js'
import type { Envelope } from './envelope.js'
import { portErrors } from './errors.js'
import { type Expiring, Expiry } from './expiry.js'

/** One finished call, for metrics and logs. `error` is the original error, even if the caller only gets `INTERNAL`. */
export interface CallReport {
  port: string
  operation: string
  durationMs: number
  error?: unknown
  /**
   * Undefined for a call that ended in time. An overdue call is reported up to three times: when its deadline has passed and the service is still `running`, when it is
   * `given up` a minute later, and when it has `ended` after all.
   */
  overdue?: 'running' | 'given up' | 'ended' | undefined
}

export type Report = (report: CallReport) => void

/** Calls that may still run after their deadline, for each slot: no caller waits for them any more, but they use as much as other calls. */
export const overduePerSlot = 10
/** A call that still runs this long after its deadline is assumed never to end, in milliseconds: our statements and requests have ended long before. */
const givenUpAfterMs = 60_000

/** The slots of a port. A call holds one until its end or its deadline, whichever comes first, so that a service that does not answer cannot block its port. */
export class Slots {
  readonly expiry = new Expiry({ keepsProcess: false })
  taken = 0
  /** Running calls without a slot, except those that were given up. */
  overdue = 0

  constructor(
    private readonly most: number,
    readonly report: Report | undefined,
  ) {}

  /** Undefined if the port is full. */
  take(envelope: Envelope, longestMs: number): Slot | undefined {
    if (this.taken >= this.most || this.overdue >= this.most * overduePerSlot) return undefined
    return new Slot(this, envelope, longestMs)
  }
}

type State = 'in time' | 'overdue' | 'given up'

export class Slot implements Expiring {
  previous: Expiring | undefined = undefined
  next: Expiring | undefined = undefined
  deadlineMs: number
  private readonly startedMs: number
  private state: State = 'in time'

  constructor(
    private readonly slots: Slots,
    private readonly envelope: Envelope,
    longestMs: number,
  ) {
    this.startedMs = envelope.sentMs ?? performance.now()
    this.deadlineMs = this.startedMs + Math.min(envelope.timeLeftMs, longestMs)
    slots.taken += 1
    slots.expiry.add(this)
  }

  leave(error: unknown): void {
    this.slots.expiry.remove(this)
    if (this.state === 'in time') this.slots.taken -= 1
    if (this.state === 'overdue') this.slots.overdue -= 1
    this.report(error, this.state === 'in time' ? undefined : 'ended')
  }

  /** Called at the deadline, and once more a minute later. */
  expire(): void {
    if (this.state === 'in time') return this.becomeOverdue()
    this.state = 'given up'
    this.slots.overdue -= 1
    this.report(this.deadlineExceeded(), 'given up')
  }

  private becomeOverdue(): void {
    this.state = 'overdue'
    this.slots.taken -= 1
    this.slots.overdue += 1
    this.deadlineMs += givenUpAfterMs
    this.slots.expiry.add(this)
    this.report(this.deadlineExceeded(), 'running')
  }

  private deadlineExceeded(): AppError {
    return portErrors.DEADLINE_EXCEEDED({ operation: this.envelope.operation })
  }

  private report(error: unknown, overdue: CallReport['overdue']): void {
    const { port, operation } = this.envelope
    this.slots.report?.({ port, operation, durationMs: performance.now() - this.startedMs, error, overdue })
  }
}
