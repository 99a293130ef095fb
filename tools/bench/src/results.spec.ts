import type { Measurement } from './bench.js'
import { Results } from './results.js'

const measured = (cpuUs: number): Measurement => ({ operations: 1, perSecond: 1, cpuUs, p50Us: 1, p95Us: 1, p99Us: 1, peakRssMb: 1 })

function resultsOf(limit: number[], ours: number[]): Results {
  const results = new Results({ case: 'limit', metric: 'cpuUs' })
  limit.forEach((value) => results.add('limit', measured(value)))
  ours.forEach((value) => results.add('ours', measured(value)))
  return results
}

describe('results', () => {
  it('leave out the first round', () => {
    expect(resultsOf([100, 2, 4, 6], []).series('limit', 'cpuUs')).toEqual([2, 4, 6])
  })

  it('compare by the median of the ratios of each round', () => {
    const results = resultsOf([1, 10, 20, 10], [1, 20, 20, 15])
    expect(results.ratio('ours', 'limit', 'cpuUs')).toBe(1.5)
  })

  it('are noisy if the steady case was not steady', () => {
    expect(resultsOf([1, 10, 14], []).noisy).toBe(false)
    expect(resultsOf([1, 10, 16], []).noisy).toBe(true)
  })
})
