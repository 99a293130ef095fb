import { Chain, type Link } from './chain.js'

/** How late an expiry may come, milliseconds. One timer for all calls: a timer for each would cost more than a call in process (0.6 us). */
const sweepMs = 20

/** Who wants to be told that his time is over. */
export interface Expiring extends Link<Expiring> {
  /** On the monotonic clock of this process (`performance.now()`). */
  readonly deadlineMs: number
  expire(): void
}

class Wish implements Expiring {
  previous: Expiring | undefined = undefined
  next: Expiring | undefined = undefined

  constructor(
    readonly deadlineMs: number,
    readonly expire: () => void,
  ) {}
}

interface ExpiryOptions {
  /** Whether a process lives on while somebody waits; true unless told otherwise. */
  keepsProcess?: boolean
}

/** Calls back when a deadline passes, up to 20 ms late. Its one timer runs only while somebody waits. */
export class Expiry {
  private readonly waiting = new Chain<Expiring>()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly options: ExpiryOptions = {}) {}

  /** Returns what takes the wish back. */
  at(deadlineMs: number, expire: () => void): () => void {
    const wish = new Wish(deadlineMs, expire)
    this.add(wish)
    return () => this.remove(wish)
  }

  add(one: Expiring): void {
    this.waiting.add(one)
    this.timer ??= this.begin()
  }

  remove(one: Expiring): void {
    this.waiting.remove(one)
  }

  private begin(): NodeJS.Timeout {
    const timer = setInterval(() => this.sweep(), sweepMs)
    return this.options.keepsProcess === false ? timer.unref() : timer
  }

  private sweep(): void {
    const now = performance.now()
    for (const one of this.waiting.all()) {
      // Whoever expires may take others out.
      if (one.deadlineMs > now || !this.waiting.has(one)) continue
      this.waiting.remove(one)
      one.expire()
    }
    if (this.waiting.last !== undefined) return
    clearInterval(this.timer)
    this.timer = undefined
  }
}
