import type { Secret } from '@kilomega/config'
import type { Signals } from '@kilomega/observability'
import { nothingWritten, onlyPrimary } from '@kilomega/ports'
import { Redis } from 'ioredis'

/** In milliseconds. A request does not wait longer for it: reading from the primary takes about as long. */
const withinMs = 50
/** In seconds: longer than any replica that is used can be behind. */
export const keptS = 60
/** In milliseconds. */
const reconnectWithinMs = 1_000
const reportAgainMs = 10_000

/** Of two writes at once the later one counts, whichever is noted last. */
const keepLater = `
  local known = redis.call('GET', KEYS[1])
  if not known or known < ARGV[1] then known = ARGV[1] end
  redis.call('SET', KEYS[1], known, 'PX', ARGV[2])`

/**
 * How fresh the data must be that each account reads, for clients that do not carry it themselves. What cannot be known is read from the primary: while Redis does
 * not answer, and as long after it has come back as it might lack what was written meanwhile.
 */
export class FreshnessStore {
  private readonly redis: Redis
  /** On the monotonic clock: from then on an account without an entry has written nothing. */
  private completeFromMs = Infinity
  private reportedMs = -Infinity

  constructor(
    url: Secret,
    private readonly signals: Signals,
    private readonly keptForMs = keptS * 1_000,
  ) {
    this.redis = new Redis(url.reveal(), {
      enableOfflineQueue: false,
      commandTimeout: withinMs,
      connectTimeout: 5_000,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), reconnectWithinMs),
      connectionName: 'kilomega freshness',
    })
    this.redis.on('ready', () => (this.completeFromMs = performance.now() + this.keptForMs))
    this.redis.on('close', () => (this.completeFromMs = Infinity))
    this.redis.on('error', (error: Error) => this.report(error))
  }

  /** To be called before the answer to a write is sent. Never rejects. */
  async note(principal: string, freshness: string): Promise<void> {
    try {
      await this.redis.eval(keepLater, 1, keyOf(principal), freshness, this.keptForMs)
    } catch (error) {
      this.report(error)
    }
  }

  /** Never rejects. */
  async of(principal: string): Promise<string> {
    try {
      const freshness = await this.redis.get(keyOf(principal))
      return freshness ?? (performance.now() < this.completeFromMs ? onlyPrimary : nothingWritten)
    } catch (error) {
      this.report(error)
      return onlyPrimary
    }
  }

  close(): void {
    this.redis.disconnect()
  }

  private report(error: unknown): void {
    const nowMs = performance.now()
    if (nowMs - this.reportedMs < reportAgainMs) return
    this.reportedMs = nowMs
    this.signals.emit('http.freshness-not-kept', {}, error)
  }
}

const keyOf = (principal: string): string => `freshness:${principal}`
