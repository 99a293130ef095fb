import { Chain, type Link } from './chain.js'

/** How late an expiry may come, in milliseconds. There is one timer for all calls: a timer for each would cost more than a local call (0.6 us). */
const sweepMs = 20

/** An item with a deadline; `expire` is called when the deadline has passed. */
export interface Expiring extends Link<Expiring> {
  /** On the monotonic clock of this process (`performance.now()`). */
  readonly deadlineMs: number
  expire(): void
}

class Deadline implements Expiring {
  previous: Expiring | undefined = undefined
  next: Expiring | undefined = undefined

  constructor(
    readonly deadlineMs: number,
    readonly expire: () => void,
  ) {}
}

interface ExpiryOptions {
  /** Whether a waiting item keeps the process alive. Default: true. */
  keepsProcess?: boolean
}

/** Calls back when a deadline passes, up to 20 ms late. Its one timer runs only while there are items that wait. */
export class Expiry {
  private readonly waiting = new Chain<Expiring>()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly options: ExpiryOptions = {}) {}

  /** Calls `expire` at the deadline. Returns a function that cancels this. */
  at(deadlineMs: number, expire: () => void): () => void {
    const deadline = new Deadline(deadlineMs, expire)
    this.add(deadline)
    return () => this.remove(deadline)
  }

  add(one: Expiring): void {
    this.waiting.add(one)
    this.timer ??= this.startTimer()
  }

  remove(one: Expiring): void {
    this.waiting.remove(one)
  }

  private startTimer(): NodeJS.Timeout {
    const timer = setInterval(() => this.sweep(), sweepMs)
    return this.options.keepsProcess === false ? timer.unref() : timer
  }

  private sweep(): void {
    const now = performance.now()
    for (const one of this.waiting.all()) {
      // An item that expires may have removed others.
      if (one.deadlineMs > now || !this.waiting.has(one)) continue
      this.waiting.remove(one)
      one.expire()
    }
    if (this.waiting.last !== undefined) return
    clearInterval(this.timer)
    this.timer = undefined
  }
}
