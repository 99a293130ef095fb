import { Databases } from '@kilomega/database'
import { LedgerOperations, recordOperation } from '@kilomega/messaging'
import { portErrors } from '@kilomega/ports'
import { Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { Queue } from 'bullmq'
import { QueueBackend } from './backend/queue-backend.js'
import { QueueConfig } from './queue.config.js'
import { within } from './within.js'

/** A kind of job as an operator sees it. */
export interface QueueView {
  /** `<module>.<verb-noun>` */
  name: string
  waiting: number
  active: number
  delayed: number
  paused: boolean
  /** Deliveries that are not done: all of the above, and jobs that the queue has lost. */
  backlog: number
  oldestMs: number
  dead: number
}

const ofQueue = /^queue:(.+)$/

/** What an operator can do with the queues of all modules, including those that run in other processes. */
@Injectable()
export class QueueOperations implements OnApplicationShutdown {
  private readonly queues = new Map<string, Queue>()

  constructor(
    private readonly ledger: LedgerOperations,
    private readonly backend: QueueBackend,
    private readonly databases: Databases,
    private readonly config: QueueConfig,
  ) {}

  /** Rejects with `DEPENDENCY_UNAVAILABLE` if the store of the queue is down. */
  async list(): Promise<QueueView[]> {
    const lags = (await this.ledger.lags()).filter(({ subscriber }) => ofQueue.test(subscriber))
    return Promise.all(lags.map(({ subscriber, ...lag }) => this.view(ofQueue.exec(subscriber)![1]!, lag)))
  }

  /** Workers finish their running jobs and take no new ones. Jobs can still be added. */
  async pause(name: string): Promise<void> {
    await this.change(name, 'queue.pause', (queue) => queue.pause())
  }

  async resume(name: string): Promise<void> {
    await this.change(name, 'queue.resume', (queue) => queue.resume())
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => within(this.config.timeoutMs, queue.close(), 'queue').catch(() => undefined)))
  }

  private async view(name: string, { backlog, oldestMs, dead }: Pick<QueueView, 'backlog' | 'oldestMs' | 'dead'>): Promise<QueueView> {
    const queue = this.queueOf(name)
    const queried = Promise.all([queue.getJobCounts('wait', 'prioritized', 'active', 'delayed'), queue.isPaused()])
    const [counts, paused] = await within(this.config.timeoutMs, queried, 'queue')
    const waiting = (counts['wait'] ?? 0) + (counts['prioritized'] ?? 0)
    return { name, waiting, active: counts['active'] ?? 0, delayed: counts['delayed'] ?? 0, paused, backlog, oldestMs, dead }
  }

  private async change(name: string, action: string, work: (queue: Queue) => Promise<void>): Promise<void> {
    const known = (await this.ledger.lags()).find(({ subscriber }) => subscriber === `queue:${name}`)
    if (known === undefined) throw portErrors.NOT_FOUND({ queue: name })
    // Recorded first: a change without a record would be worse than a record of a change that failed.
    await this.databases.of(known.schema).write((transaction) => recordOperation(transaction, action, { queue: name }))
    await within(this.config.timeoutMs, work(this.queueOf(name)), 'queue')
  }

  private queueOf(name: string): Queue {
    let queue = this.queues.get(name)
    if (queue === undefined) {
      queue = new Queue(name, this.backend.options as ConstructorParameters<typeof Queue>[1])
      // The caller gets an error at the deadline.
      queue.on('error', () => undefined)
      this.queues.set(name, queue)
    }
    return queue
  }
}
