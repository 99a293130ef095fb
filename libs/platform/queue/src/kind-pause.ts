import type { Worker } from 'bullmq'
import type { QueueConfig } from './queue.config.js'

/**
 * Pauses a kind of job in this process while a dependency of its jobs is unavailable: no new jobs are taken, and after each wait some are tried again. Waits
 * double until a job succeeds. Each is random, between half and all of that value, so that processes do not try at the same moment.
 */
export class KindPause {
  private failures = 0
  private resumesAtMs = -Infinity
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly worker: Worker,
    private readonly config: Pick<QueueConfig, 'probeMs' | 'probeMaxMs'>,
    private readonly random: () => number = Math.random,
  ) {}

  /** Returns the time until the next attempt, in milliseconds. Jobs that fail together share one pause. */
  start(): { waitMs: number; isFirst: boolean } {
    const leftMs = this.resumesAtMs - performance.now()
    if (leftMs > 0) return { waitMs: leftMs, isFirst: false }
    const longestMs = Math.min(this.config.probeMaxMs, this.config.probeMs * 2 ** this.failures)
    const waitMs = Math.ceil(longestMs * (0.5 + this.random() / 2))
    this.failures += 1
    this.resumesAtMs = performance.now() + waitMs
    void this.worker.pause(true)
    this.timer = setTimeout(() => this.resume(), waitMs)
    return { waitMs, isFirst: this.failures === 1 }
  }

  /** A job has succeeded. */
  end(): void {
    this.failures = 0
    if (this.resumesAtMs > performance.now()) this.resume()
  }

  close(): void {
    clearTimeout(this.timer)
  }

  private resume(): void {
    clearTimeout(this.timer)
    this.resumesAtMs = -Infinity
    if (this.worker.closing === undefined) void this.worker.resume()
  }
}
