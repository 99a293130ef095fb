/** How late an expiry may come, milliseconds. One timer for all calls: a timer for each would cost more than a call in process (0.6 us). */
const sweepMs = 20

/** Who wants to be told that his time is over. */
export interface Expiring {
  expire(): void
}

/** A wish that lies in the list until the next sweep; taking it out at once would cost a tenth of a call in process. */
export class Wish {
  constructor(
    readonly deadlineMs: number,
    /** Let go of when the wish is taken back, so that nothing big waits for the sweep. */
    public whose: Expiring | undefined,
  ) {}

  takeBack(): void {
    this.whose = undefined
  }
}

/** Calls back when a deadline passes, up to 20 ms late. Its one timer runs only while somebody waits. */
export class Expiry {
  private wishes: Wish[] = []
  private timer: NodeJS.Timeout | undefined

  wish(deadlineMs: number, whose: Expiring): Wish {
    const wish = new Wish(deadlineMs, whose)
    this.wishes.push(wish)
    this.timer ??= setInterval(() => this.sweep(), sweepMs)
    return wish
  }

  /** Returns what takes the wish back. */
  at(deadlineMs: number, expire: () => void): () => void {
    const wish = this.wish(deadlineMs, { expire })
    return () => wish.takeBack()
  }

  private sweep(): void {
    const now = performance.now()
    const due: Expiring[] = []
    this.wishes = this.wishes.filter(({ deadlineMs, whose }) => {
      if (whose === undefined) return false
      if (deadlineMs > now) return true
      due.push(whose)
      return false
    })
    for (const one of due) one.expire()
    if (this.wishes.length > 0) return
    clearInterval(this.timer)
    this.timer = undefined
  }
}
