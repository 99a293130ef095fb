import { setTimeout as wait } from 'node:timers/promises'
import { Cancellation, Expiry, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { PutBack } from './put-back.js'
import { QueueConfig } from './queue.config.js'

const expiry = new Expiry()

/** The part of `QUEUE_STOP_MS` in which jobs may end undisturbed. The rest is for jobs to end after their signal has aborted. */
const undisturbedShare = 0.75

const stopped = (): PutBack => new PutBack('its process is stopping', 0)

class RunningJob {
  readonly cancellation = new Cancellation()
  settled: Promise<void> = Promise.resolve()
  private readonly limit: Promise<never>
  private reject!: (reason: Error) => void

  constructor() {
    this.limit = new Promise((_, reject) => (this.reject = reject))
  }

  start(work: (cancellation: Cancellation) => Promise<void>): Promise<void> {
    return (this.settled = Promise.race([work(this.cancellation), this.limit]))
  }

  /** Whatever the job does from now on does not count. */
  giveUp(reason: Error): void {
    this.reject(reason)
    this.cancellation.cancel()
  }
}

/** The running jobs of this process. Ends those that take too long, and puts back those that are not done when the process stops. */
@Injectable()
export class RunningJobs {
  private readonly running = new Set<RunningJob>()
  private stopping: Promise<void> | undefined
  private interrupted = false

  constructor(private readonly config: QueueConfig) {}

  /** Settles no later than the deadline, whatever the work does. Throws `DEADLINE_EXCEEDED` at the deadline, and a `PutBack` if the process stops first. */
  async run(deadlineMs: number, work: (cancellation: Cancellation) => Promise<void>): Promise<void> {
    if (this.stopping !== undefined) throw stopped()
    const job = new RunningJob()
    this.running.add(job)
    const settled = expiry.at(deadlineMs, () => job.giveUp(portErrors.DEADLINE_EXCEEDED()))
    try {
      await job.start(work)
    } catch (error) {
      throw this.interrupted ? stopped() : error
    } finally {
      settled()
      this.running.delete(job)
    }
  }

  /** Starts no more jobs, lets the running ones end, then aborts their signals, and puts back those that have not ended within `QUEUE_STOP_MS`, or `withinMs` if that is less. */
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
