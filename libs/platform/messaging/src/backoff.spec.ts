import { backoffMs } from './backoff.js'

const longestMs = 7_200_000
const wholeMs = (attempt: number): number => backoffMs(attempt, 2_000, longestMs, () => 1)

describe('the wait before another attempt', () => {
  it('doubles with each attempt, up to the longest', () => {
    expect([1, 2, 3, 12, 13, 34, 10_000].map(wholeMs)).toEqual([2_000, 4_000, 8_000, 4_096_000, longestMs, longestMs, longestMs])
  })

  it('is random, from 0 up to that', () => {
    expect(backoffMs(3, 1_000, longestMs, () => 0)).toBe(0)
    expect(backoffMs(3, 1_000, longestMs, () => 0.5)).toBe(2_000)
  })

  it('makes 34 attempts last about a day', () => {
    const averageMs = Array.from({ length: 33 }, (_, index) => wholeMs(index + 1) / 2).reduce((sum, ms) => sum + ms, 0)
    expect(averageMs / 3_600_000).toBeGreaterThan(20)
    expect(averageMs / 3_600_000).toBeLessThan(28)
  })
})
