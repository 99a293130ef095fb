import { median, percentilesOf } from './statistics.js'

describe('statistics of a run', () => {
  it('take the middle value, or the mean of the two in the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5])
  })

  it('take percentiles by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect(percentilesOf(values)).toEqual({ p50Us: 50, p95Us: 95, p99Us: 99 })
    expect(percentilesOf([7])).toEqual({ p50Us: 7, p95Us: 7, p99Us: 7 })
  })
})
