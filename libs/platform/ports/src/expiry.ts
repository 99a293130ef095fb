/** How late an expiry may come, milliseconds. One timer for all calls: a timer for each would cost more than a call in process (0.6 us). */
const sweepMs = 20

interface Waiting {
  deadlineMs: number
  expire: () => void
}

/** Calls back when a deadline passes, up to 20 ms late. Its one timer runs only while somebody waits. */
export class Expiry {
  private readonly waiting = new Set<Waiting>()
  private timer: NodeJS.Timeout | undefined

  /** Returns what takes the wish back. */
  at(deadlineMs: number, expire: () => void): () => void {
    const wish = { deadlineMs, expire }
    this.waiting.add(wish)
    this.timer ??= setInterval(() => this.sweep(), sweepMs)
    return () => {
      this.waiting.delete(wish)
    }
  }

  private sweep(): void {
    const now = performance.now()
    for (const wish of this.waiting) {
      if (wish.deadlineMs > now) continue
      this.waiting.delete(wish)
      wish.expire()
    }
    if (this.waiting.size > 0) return
    clearInterval(this.timer)
    this.timer = undefined
  }
}
