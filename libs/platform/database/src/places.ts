import { Expiry } from '@kilomega/ports'

const expiry = new Expiry()

/** So many at a time. Who comes later waits in order, until a time of his own. */
export class Places {
  private taken = 0
  private readonly queue = new Set<() => void>()

  constructor(private readonly count: number) {}

  get waiting(): number {
    return this.queue.size
  }

  /** Does work in a place. Throws what `refusal` makes when none was free by then (on the monotonic clock), and does nothing. */
  async during<T>(work: () => Promise<T>, untilMs: number, refusal: () => Error): Promise<T> {
    if (this.taken < this.count) this.taken += 1
    else await this.turn(untilMs, refusal)
    try {
      return await work()
    } finally {
      this.leave()
    }
  }

  private turn(untilMs: number, refusal: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        giveUp()
        resolve()
      }
      const giveUp = expiry.at(untilMs, () => {
        this.queue.delete(enter)
        reject(refusal())
      })
      this.queue.add(enter)
    })
  }

  /** A place goes from hand to hand, so that nobody who comes now is before those who wait. */
  private leave(): void {
    const [first] = this.queue
    if (first === undefined) {
      this.taken -= 1
      return
    }
    this.queue.delete(first)
    first()
  }
}
