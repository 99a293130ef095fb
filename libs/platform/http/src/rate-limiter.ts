import { LRUCache } from 'lru-cache'

/** Principals and addresses that are remembered; one that is dropped starts again with a full bucket. About 100 bytes each. */
const maxBuckets = 50_000
const minuteMs = 60_000

interface Bucket {
  tokens: number
  atMs: number
}

export interface Quota {
  allowed: boolean
  remaining: number
  /** Seconds until a request is allowed, or until the bucket is full again. */
  resetS: number
}

/** Token buckets in memory: this many requests per minute for each key, all of them at once if need be. */
export class RateLimiter {
  private readonly buckets = new LRUCache<string, Bucket>({ max: maxBuckets })
  readonly policy: string

  constructor(
    readonly name: string,
    private readonly perMinute: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.policy = `"${name}";q=${perMinute};w=60`
  }

  take(key: string): Quota {
    const bucket = this.filled(key)
    const allowed = bucket.tokens >= 1
    if (allowed) bucket.tokens -= 1
    const missing = allowed ? this.perMinute - bucket.tokens : 1 - bucket.tokens
    return { allowed, remaining: Math.floor(bucket.tokens), resetS: Math.ceil((missing * 60) / this.perMinute) }
  }

  private filled(key: string): Bucket {
    const now = this.now()
    const bucket = this.buckets.get(key)
    if (bucket === undefined) {
      const full = { tokens: this.perMinute, atMs: now }
      this.buckets.set(key, full)
      return full
    }
    bucket.tokens = Math.min(this.perMinute, bucket.tokens + ((now - bucket.atMs) * this.perMinute) / minuteMs)
    bucket.atMs = now
    return bucket
  }
}
