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

  /** `Infinity` as long as nobody has begun to stop. */
  get leftMs(): number {
    return Math.max(0, this.untilMs - performance.now())
  }

  endAt(untilMs: number): void {
    this.untilMs = untilMs
    setTimeout(() => this.ending.abort(), this.leftMs).unref()
  }

  /** Waits for the end of some work, or of the share: then it says what was left, and the work goes on unheard. Rejects as the work does. */
  async within(what: string, work: Promise<unknown>): Promise<void> {
    let tellOver: () => void = () => undefined
    const over = new Promise<'over'>((resolve) => (tellOver = () => resolve('over')))
    this.over.addEventListener('abort', tellOver)
    if (this.over.aborted) setImmediate(tellOver)
    try {
      if ((await Promise.race([work, over])) !== 'over') return
      this.signals.emit('process.stop-cut', { part: this.part, what })
      work.catch(() => undefined)
    } finally {
      this.over.removeEventListener('abort', tellOver)
    }
  }
}
