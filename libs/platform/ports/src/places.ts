import type { AppError } from './app-error.js'
import type { Envelope } from './envelope.js'
import { portErrors } from './errors.js'
import { type Expiring, Expiry } from './expiry.js'

/** One finished call, for metrics and logs. `error` is the original, also where the caller only learns `INTERNAL`. */
export interface CallReport {
  port: string
  operation: string
  durationMs: number
  error?: unknown
  /**
   * Absent on a call that ended in time. One that does not is reported up to three times: when its deadline has passed and the service goes on, when it is
   * `given up` a minute later, and when it has `ended` after all.
   */
  overdue?: 'goes on' | 'given up' | 'ended' | undefined
}

export type Report = (report: CallReport) => void

/** Calls that may go on after their deadline, for each place: nobody waits for them any more, and still they do what is done for one who waits. */
export const overduePerPlace = 10
/** Who goes on for this long after his deadline is taken for one who never ends, milliseconds: a statement or a request of ours has ended long before. */
const givenUpAfterMs = 60_000

/** The places of a port. A call has one until its end or its deadline, whichever comes first, so that no service that does not answer closes its port. */
export class Places {
  readonly expiry = new Expiry({ keepsProcess: false })
  taken = 0
  /** Calls at work without a place, but for those that were given up. */
  overdue = 0

  constructor(
    private readonly most: number,
    readonly report: Report | undefined,
  ) {}

  /** Nothing where the port is full. */
  take(envelope: Envelope, longestMs: number): Place | undefined {
    if (this.taken >= this.most || this.overdue >= this.most * overduePerPlace) return undefined
    return new Place(this, envelope, longestMs)
  }
}

type State = 'in time' | 'overdue' | 'given up'

export class Place implements Expiring {
  previous: Expiring | undefined = undefined
  next: Expiring | undefined = undefined
  deadlineMs: number
  private readonly startedMs: number
  private state: State = 'in time'

  constructor(
    private readonly places: Places,
    private readonly envelope: Envelope,
    longestMs: number,
  ) {
    this.startedMs = envelope.sentMs ?? performance.now()
    this.deadlineMs = this.startedMs + Math.min(envelope.timeLeftMs, longestMs)
    places.taken += 1
    places.expiry.add(this)
  }

  leave(error: unknown): void {
    this.places.expiry.remove(this)
    if (this.state === 'in time') this.places.taken -= 1
    if (this.state === 'overdue') this.places.overdue -= 1
    this.tell(error, this.state === 'in time' ? undefined : 'ended')
  }

  /** Called at the deadline, and once more a minute later. */
  expire(): void {
    if (this.state === 'in time') return this.goOn()
    this.state = 'given up'
    this.places.overdue -= 1
    this.tell(this.deadlineExceeded(), 'given up')
  }

  private goOn(): void {
    this.state = 'overdue'
    this.places.taken -= 1
    this.places.overdue += 1
    this.deadlineMs += givenUpAfterMs
    this.places.expiry.add(this)
    this.tell(this.deadlineExceeded(), 'goes on')
  }

  private deadlineExceeded(): AppError {
    return portErrors.DEADLINE_EXCEEDED({ operation: this.envelope.operation })
  }

  private tell(error: unknown, overdue: CallReport['overdue']): void {
    const { port, operation } = this.envelope
    this.places.report?.({ port, operation, durationMs: performance.now() - this.startedMs, error, overdue })
  }
}
