import { whenNpmEnds } from '../../bin/npm-parent.js'
import { whenReaderIsGone } from './lost-reader.js'

/** Thrown where a start is given up because somebody asked to stop. */
export class Interrupted extends Error {}

/** Ctrl-C, a SIGTERM or SIGHUP, or the end of who started us or reads what we say. The first one asks, the second one forces. */
export class StopRequest {
  private count = 0
  private ask: () => void = () => undefined
  /** Resolves at the first request. */
  readonly requested = new Promise<void>((resolve) => (this.ask = resolve))
  private force: () => void = () => process.exit(1)
  /** Often the others end by the same signal as we: only a second signal forces. */
  private readonly onGone = (): void => this.ask()

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.request())
    whenReaderIsGone(this.onGone)
    whenNpmEnds(this.onGone)
    if (!process.connected) return
    process.on('disconnect', this.onGone)
    // Listening keeps a process alive; this one ends when it has nothing else to do.
    process.channel?.unref()
  }

  /** From now on the end of the process that started us is nothing to us. */
  outliveParent(): void {
    process.off('disconnect', this.onGone)
  }

  /** What the second request does. */
  onForce(force: () => void): void {
    this.force = force
  }

  /** The result of some work, unless a stop is asked for before it is there. */
  async during<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined)
    return await Promise.race([work, this.requested.then(() => Promise.reject(new Interrupted()))])
  }

  private request(): void {
    this.count++
    if (this.count === 1) this.ask()
    else this.force()
  }
}
