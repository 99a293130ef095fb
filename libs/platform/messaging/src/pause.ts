/** The first wait, in milliseconds. */
const firstMs = 1_000

/**
 * A pause of one loop while a dependency is unavailable. Waits double with each consecutive failure, up to the longest, and the first success ends them. Each is
 * random, between half and all of that value, so that loops that failed together do not retry together.
 */
export class Pause {
  private failures = 0
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly longestMs: number,
    private readonly resume: () => void,
  ) {}

  get isOn(): boolean {
    return this.timer !== undefined
  }

  /** A single item may be the cause, so the next item is tried at once, and the pause starts only if that fails too. Returns how long the failed item has to wait, in milliseconds. */
  fail(): number {
    return this.failures === 0 ? this.count() : this.start()
  }

  /** Returns the length of the pause in milliseconds. */
  start(): number {
    const waitMs = this.count()
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      this.resume()
    }, waitMs).unref()
    return waitMs
  }

  /** The dependency is available again. */
  end(): void {
    this.failures = 0
    this.stop()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  private count(): number {
    this.failures += 1
    const whole = Math.min(this.longestMs, firstMs * 2 ** Math.min(this.failures - 1, 20))
    return Math.ceil(whole * (0.5 + Math.random() / 2))
  }
}
