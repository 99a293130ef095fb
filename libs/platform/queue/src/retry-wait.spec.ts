import { retryWaitMs } from './retry-wait.js'

const hours = (ms: number): number => ms / 3_600_000
const config = { backoffMs: 2_000, backoffMaxMs: 7_200_000 }
const attempts = 16
const longest = (): number => 1
const waits = (random: () => number): number =>
  Array.from({ length: attempts - 1 }, (_, index) => retryWaitMs(index + 1, {}, config, random)).reduce((sum, one) => sum + one)

describe('the waits of a job that fails', () => {
  it('double up to two hours, and last for hours in total', () => {
    expect([1, 2, 3, 12, 13, 15].map((made) => retryWaitMs(made, {}, config, longest))).toEqual([
      2_000, 4_000, 8_000, 4_096_000, 7_200_000, 7_200_000,
    ])
    expect(hours(waits(longest))).toBeGreaterThan(8)
    expect(hours(waits(() => 0.5))).toBeGreaterThan(4)
  })

  it('are random parts of that, so that jobs that failed together do not retry together', () => {
    expect(retryWaitMs(3, {}, config, () => 0.25)).toBe(2_000)
    expect(retryWaitMs(3, {}, config, () => 0)).toBe(0)
  })

  it('follow the options of the kind of job, if it has any', () => {
    expect([1, 9].map((made) => retryWaitMs(made, { backoffMs: 10, backoffMaxMs: 100 }, config, longest))).toEqual([10, 100])
  })
})
