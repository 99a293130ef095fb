import { Expiry } from '@kilomega/ports'

const expiry = new Expiry()

/** Lets this many pieces of work run at a time. Later ones wait in order, each until its own deadline. */
export class Places {
  private taken = 0
  private readonly queue = new Set<() => void>()

  constructor(private readonly count: number) {}

  get waiting(): number {
    return this.queue.size
  }

  /** Runs work in a place. If none is free by then (on the monotonic clock), runs nothing and throws the error that `refusal` creates. */
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

  /** A place is passed straight to the first in the queue, so that no newcomer overtakes those that wait. */
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
