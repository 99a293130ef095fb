import type { Signals } from './signals.js'

/** The time of one part of a stop. */
export class StopShare {
  private readonly ending = new AbortController()
  private untilMs = Infinity
  /** Aborts when the share is used up. */
  readonly over = this.ending.signal

  constructor(
    private readonly part: string,
    private readonly signals: Signals,
  ) {}

  /** `Infinity` until the process starts to stop. */
  get leftMs(): number {
    return Math.max(0, this.untilMs - performance.now())
  }

  endAt(untilMs: number): void {
    this.untilMs = untilMs
    setTimeout(() => this.ending.abort(), this.leftMs).unref()
  }

  /**
   * Waits for the end of some work, or of the share. At the end of the share it reports the work as cut; the work goes on, but its outcome is ignored.
   * Rejects if the work rejects.
   */
  async within(what: string, work: Promise<unknown>): Promise<void> {
    let resolveOver: () => void = () => undefined
    const over = new Promise<'over'>((resolve) => (resolveOver = () => resolve('over')))
    this.over.addEventListener('abort', resolveOver)
    if (this.over.aborted) setImmediate(resolveOver)
    try {
      if ((await Promise.race([work, over])) !== 'over') return
      this.signals.emit('process.stop-cut', { part: this.part, what })
      work.catch(() => undefined)
    } finally {
      this.over.removeEventListener('abort', resolveOver)
    }
  }
}
