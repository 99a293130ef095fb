import { RateLimiter } from './rate-limiter.js'

describe('a quota', () => {
  it('lets this many through at once, and more as time passes, separately for each key', () => {
    let nowMs = 0
    const limiter = new RateLimiter('general', 60, () => nowMs)
    const taken = Array.from({ length: 61 }, () => limiter.take('a').allowed)
    expect(taken.filter(Boolean)).toHaveLength(60)
    expect(limiter.take('a')).toEqual({ allowed: false, remaining: 0, resetS: 1 })
    expect(limiter.take('b')).toEqual({ allowed: true, remaining: 59, resetS: 1 })
    nowMs += 2_000
    expect([limiter.take('a'), limiter.take('a'), limiter.take('a')].map(({ allowed }) => allowed)).toEqual([true, true, false])
  })

  it('is never more than full', () => {
    let nowMs = 0
    const limiter = new RateLimiter('general', 10, () => nowMs)
    limiter.take('a')
    nowMs += 3_600_000
    expect(limiter.take('a').remaining).toBe(9)
  })
})
