import { setTimeout as wait } from 'node:timers/promises'
import { Cancellation, Expiry, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { PutBack } from './put-back.js'
import { QueueConfig } from './queue.config.js'

const expiry = new Expiry()

/** What jobs may use of `QUEUE_STOP_MS` to end undisturbed. The rest is for those that end when their signal tells them to. */
const undisturbedShare = 0.75

const stopped = (): PutBack => new PutBack('its process stops', 0)

class RunningJob {
  readonly cancellation = new Cancellation()
  settled: Promise<void> = Promise.resolve()
  private readonly limit: Promise<never>
  private reject!: (reason: Error) => void

  constructor() {
    this.limit = new Promise((_, reject) => (this.reject = reject))
  }

  begin(work: (cancellation: Cancellation) => Promise<void>): Promise<void> {
    return (this.settled = Promise.race([work(this.cancellation), this.limit]))
  }

  /** Whatever it does from now on counts for nothing. */
  giveUp(reason: Error): void {
    this.reject(reason)
    this.cancellation.cancel()
  }
}

/** The jobs at work in this process: ends those that take too long, and puts back those that are not done when it stops. */
@Injectable()
export class RunningJobs {
  private readonly running = new Set<RunningJob>()
  private stopping: Promise<void> | undefined
  private interrupted = false

  constructor(private readonly config: QueueConfig) {}

  /** Settles at the deadline at the latest, whatever the work does. Throws `DEADLINE_EXCEEDED` then, and a `PutBack` where the process stops first. */
  async run(deadlineMs: number, work: (cancellation: Cancellation) => Promise<void>): Promise<void> {
    if (this.stopping !== undefined) throw stopped()
    const job = new RunningJob()
    this.running.add(job)
    const inTime = expiry.at(deadlineMs, () => job.giveUp(portErrors.DEADLINE_EXCEEDED()))
    try {
      await job.begin(work)
    } catch (error) {
      throw this.interrupted ? stopped() : error
    } finally {
      inTime()
      this.running.delete(job)
    }
  }

  /** Begins no more jobs, lets those at work end, then aborts their signals, and puts back what has not ended within `QUEUE_STOP_MS`, or sooner. */
  stop(withinMs = Infinity): Promise<void> {
    return (this.stopping ??= this.end(Math.min(this.config.stopMs, withinMs)))
  }

  private async end(stopMs: number): Promise<void> {
    await this.emptyWithin(stopMs * undisturbedShare)
    this.interrupted = true
    for (const { cancellation } of this.running) cancellation.cancel()
    await this.emptyWithin(stopMs * (1 - undisturbedShare))
    for (const job of this.running) job.giveUp(stopped())
  }

  private async emptyWithin(limitMs: number): Promise<void> {
    const empty = new AbortController()
    const overdue = wait(limitMs, undefined, { signal: empty.signal }).catch(() => undefined)
    await Promise.race([Promise.allSettled([...this.running].map(({ settled }) => settled)), overdue])
    empty.abort()
  }
}
