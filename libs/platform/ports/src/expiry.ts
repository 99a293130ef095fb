/** How late an expiry may come, milliseconds. One timer for all calls: a timer for each would cost more than a call in process (0.6 us). */
const sweepMs = 20

/** Who wants to be told that his time is over. He is a link of the chain of all who wait, so that a call in process makes nothing for its deadline. */
export interface Expiring {
  /** On the monotonic clock of this process (`performance.now()`). */
  readonly deadlineMs: number
  expire(): void
  /** Neighbours in the chain; kept by `Expiry`. */
  previous: Expiring | undefined
  next: Expiring | undefined
}

class Wish implements Expiring {
  previous: Expiring | undefined = undefined
  next: Expiring | undefined = undefined

  constructor(
    readonly deadlineMs: number,
    readonly expire: () => void,
  ) {}
}

/** Calls back when a deadline passes, up to 20 ms late. Its one timer runs only while somebody waits. */
export class Expiry {
  private last: Expiring | undefined
  private timer: NodeJS.Timeout | undefined

  /** Returns what takes the wish back. */
  at(deadlineMs: number, expire: () => void): () => void {
    const wish = new Wish(deadlineMs, expire)
    this.add(wish)
    return () => this.remove(wish)
  }

  add(one: Expiring): void {
    one.previous = this.last
    if (this.last !== undefined) this.last.next = one
    this.last = one
    this.timer ??= setInterval(() => this.sweep(), sweepMs)
  }

  /** Whoever is not in the chain, or not any more, may be taken out again. */
  remove(one: Expiring): void {
    const { previous, next } = one
    if (next !== undefined) next.previous = previous
    else if (this.last === one) this.last = previous
    if (previous !== undefined) previous.next = next
    one.previous = one.next = undefined
  }

  private sweep(): void {
    const now = performance.now()
    const due: Expiring[] = []
    for (let one = this.last; one !== undefined; one = one.previous) if (one.deadlineMs <= now) due.push(one)
    for (const one of due) {
      this.remove(one)
      one.expire()
    }
    if (this.last !== undefined) return
    clearInterval(this.timer)
    this.timer = undefined
  }
}
