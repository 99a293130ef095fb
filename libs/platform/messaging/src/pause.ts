/** Of the first wait, milliseconds. */
const firstMs = 1_000

/**
 * A stop in the work of one loop while something that it needs is away. Waits grow with each failure in a row, up to the longest, and the first success ends them. They are
 * random between half and the whole, so that loops that failed together do not come back together.
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

  /** What is wrong may be what was worked on: the next one is tried at once, and only where that fails too the pause begins. How long this one has to wait, milliseconds. */
  fail(): number {
    return this.failures === 0 ? this.count() : this.begin()
  }

  /** How long the pause is, milliseconds. */
  begin(): number {
    const waitMs = this.count()
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      this.resume()
    }, waitMs).unref()
    return waitMs
  }

  /** What was away is there. */
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
