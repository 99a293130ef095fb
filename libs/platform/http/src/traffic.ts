/** Counts requests from their first header to the end of their answer, so that stopping knows when there are none. */
export class Traffic {
  /** Answers ask clients to close their connection. */
  closing = false
  inFlight = 0
  private quiet: (() => void) | undefined

  enter(): void {
    this.inFlight += 1
  }

  leave(): void {
    this.inFlight -= 1
    if (this.inFlight === 0) this.quiet?.()
  }

  /** Resolves when nothing is in flight, at once where nothing is. */
  async whenQuiet(): Promise<void> {
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.quiet = resolve))
  }
}
