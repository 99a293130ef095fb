import { backoffMs } from './backoff.js'

describe('the wait before a repeat', () => {
  it('doubles with each attempt, up to 15 minutes', () => {
    expect([1, 2, 3, 4, 30].map((attempt) => backoffMs(attempt, 1_000, () => 1))).toEqual([1_000, 2_000, 4_000, 8_000, 900_000])
  })

  it('is anything from nothing to that, so that what failed together does not come back together', () => {
    expect(backoffMs(3, 1_000, () => 0)).toBe(0)
    expect(backoffMs(3, 1_000, () => 0.5)).toBe(2_000)
  })
})
