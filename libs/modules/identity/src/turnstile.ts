import { currentCall, portErrors } from '@kilomega/ports'

/** Lets a few in at once, has some more wait in order, and turns everybody else away at once. */
export class Turnstile {
  private inside = 0
  private readonly waiting: (() => void)[] = []

  constructor(
    private readonly places: number,
    private readonly queue: number,
  ) {}

  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.enter()
    try {
      if (currentCall().timeLeftMs() <= 0) throw portErrors.DEADLINE_EXCEEDED()
      return await work()
    } finally {
      this.leave()
    }
  }

  /** Whether nobody is inside, and nobody waits. */
  isIdle(): boolean {
    return this.inside === 0
  }

  private async enter(): Promise<void> {
    if (this.inside < this.places) this.inside += 1
    else if (this.waiting.length >= this.queue) throw portErrors.PORT_OVERLOADED({ retryAfterS: 1 })
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  /** The place goes to the first who waits, so that nobody slips in between. */
  private leave(): void {
    const next = this.waiting.shift()
    if (next === undefined) this.inside -= 1
    else next()
  }
}
