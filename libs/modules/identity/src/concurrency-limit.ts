import { currentCall, portErrors } from '@kilomega/ports'

/** Runs a limited number of tasks at once, lets a limited number of others wait in order, and refuses all further ones at once. */
export class ConcurrencyLimit {
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(
    private readonly maxRunning: number,
    private readonly maxWaiting: number,
  ) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.enter()
    try {
      if (currentCall().timeLeftMs() <= 0) throw portErrors.DEADLINE_EXCEEDED()
      return await work()
    } finally {
      this.leave()
    }
  }

  /** Whether nothing is running and nothing is waiting. */
  isIdle(): boolean {
    return this.running === 0
  }

  private async enter(): Promise<void> {
    if (this.running < this.maxRunning) this.running += 1
    else if (this.waiting.length >= this.maxWaiting) throw portErrors.PORT_OVERLOADED({ retryAfterS: 1 })
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  /** The slot goes directly to the first in the queue, so that no newcomer takes it. */
  private leave(): void {
    const next = this.waiting.shift()
    if (next === undefined) this.running -= 1
    else next()
  }
}
