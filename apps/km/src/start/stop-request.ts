import { whenNpmEnds } from '../../bin/npm-parent.js'
import { whenReaderIsGone } from './lost-reader.js'

/** Thrown when a start is given up because of a request to stop. */
export class Interrupted extends Error {}

/** Ctrl-C, a SIGTERM or SIGHUP, or the end of the process that started us or reads our output. The first request asks, the second one forces. */
export class StopRequest {
  private count = 0
  private ask: () => void = () => undefined
  /** Resolves at the first request. */
  readonly requested = new Promise<void>((resolve) => (this.ask = resolve))
  private force: () => void = () => process.exit(1)
  /** These processes are often ended by the same signal that reaches us, so only a second signal forces. */
  private readonly onGone = (): void => this.ask()

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.request())
    whenReaderIsGone(this.onGone)
    whenNpmEnds(this.onGone)
    if (!process.connected) return
    process.on('disconnect', this.onGone)
    // Listening would keep this process alive; it is to end once it has nothing else to do.
    process.channel?.unref()
  }

  /** From here on the end of the process that started us is ignored. */
  outliveParent(): void {
    process.off('disconnect', this.onGone)
  }

  /** Sets what a second request does. */
  onForce(force: () => void): void {
    this.force = force
  }

  /** The result of some work, unless a stop is requested first. */
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
