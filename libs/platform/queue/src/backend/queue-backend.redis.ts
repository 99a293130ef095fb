import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Secret } from '@kilomega/config'
import type { Signals } from '@kilomega/observability'
import { Redis } from 'ioredis'
import { within } from '../within.js'
import { QueueBackend } from './queue-backend.js'

/** The queue's keys start with this. */
const prefix = 'queue'
const epochKey = `${prefix}:epoch`
/** Waits between attempts to connect double up to this, in milliseconds. */
const reconnectWithinMs = 1_000
export const reconnectAfterMs = (times: number): number => Math.min(50 * 2 ** Math.min(times, 10), reconnectWithinMs)
/** Workers have tried again this long after this process's own connection is back, in milliseconds: the longest wait, and the time to connect. */
const workersTriedMs = reconnectWithinMs + 250
/** Lost connections are reported at most this often, in milliseconds. */
const reportAgainMs = 10_000

/** The settings that make a Redis safe for jobs: lines of `INFO`, each with the required value. */
const safe: readonly { field: string; wanted: string; words: string }[] = [
  { field: 'maxmemory_policy', wanted: 'noeviction', words: 'maxmemory-policy must be noeviction, or jobs are removed when memory is full' },
  { field: 'aof_enabled', wanted: '1', words: 'appendonly must be yes, or a crash loses all jobs since the last snapshot' },
]

/**
 * A Redis used only by the queue, over one connection of this process for all queues; workers have separate ones. Commands are not kept while the connection is lost:
 * they fail at once, and the jobs are in the ledger.
 */
export class RedisQueueBackend extends QueueBackend {
  readonly options: QueueBackend['options']
  private readonly redis: Redis
  private reportedMs = -Infinity
  private lost = false
  private backMs = -Infinity
  private becomingReady: Promise<void> | undefined

  constructor(
    url: Secret,
    private readonly timeoutMs: number,
    private readonly signals: Signals,
  ) {
    super()
    this.redis = new Redis(url.reveal(), {
      maxRetriesPerRequest: null,
      enableOfflineQueue: false,
      connectTimeout: 5_000,
      keepAlive: 10_000,
      connectionName: 'kilomega queue',
      retryStrategy: reconnectAfterMs,
    })
    this.redis.setMaxListeners(0)
    this.redis.on('close', () => (this.lost = true))
    this.redis.on('ready', () => this.noteBack())
    this.redis.on('error', (error: Error) => this.reportLost(error))
    this.options = { connection: this.redis, prefix }
  }

  reserve(): void {}

  async epoch(): Promise<string> {
    const known = await this.ask(() => this.redis.get(epochKey))
    if (known !== null) return known
    await this.ask(() => this.redis.set(epochKey, randomUUID(), 'NX'))
    return this.epoch()
  }

  /** Read from `INFO`, which needs no permission to read the configuration. */
  async unsafeSetting(): Promise<string | undefined> {
    const info = await this.ask(() => this.redis.info())
    const broken = safe.filter(({ field, wanted }) => new RegExp(`^${field}:(\\S*)`, 'm').exec(info)?.[1] !== wanted)
    return broken.length === 0 ? undefined : broken.map(({ words }) => words).join('; ')
  }

  async workersReconnected(): Promise<void> {
    const waitMs = this.backMs + workersTriedMs - performance.now()
    if (waitMs > 0) await sleep(waitMs)
  }

  async close(): Promise<void> {
    this.redis.disconnect()
  }

  private noteBack(): void {
    if (this.lost) this.backMs = performance.now()
    this.lost = false
  }

  private ask<T>(command: () => Promise<T>): Promise<T> {
    const answered = this.ready().then(command)
    return within(this.timeoutMs, answered, 'Redis')
  }

  /** Waits for a connection that is being made. All callers share one listener, however long it takes. */
  private async ready(): Promise<void> {
    if (this.redis.status === 'ready') return
    this.becomingReady ??= new Promise((resolve) =>
      this.redis.once('ready', () => {
        this.becomingReady = undefined
        resolve()
      }),
    )
    await this.becomingReady
  }

  private reportLost(error: Error): void {
    const nowMs = performance.now()
    if (nowMs - this.reportedMs < reportAgainMs) return
    this.reportedMs = nowMs
    this.signals.emit('queue.connection-lost', {}, error)
  }
}
