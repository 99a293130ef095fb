import { retryWaitMs } from './mail-retries.js'

const waits = { retryFirstMs: 2_000, retryLongestMs: 7_200_000 }
const longest = (times: number, retryAfterMs = 0) => retryWaitMs({ times, retryAfterMs }, waits, () => 1)

describe('the wait before a mail is retried', () => {
  it('is random, up to a limit that doubles from 2 s to two hours', () => {
    expect([1, 2, 3, 12, 13, 40].map((times) => longest(times))).toEqual([2_000, 4_000, 8_000, 4_096_000, 7_200_000, 7_200_000])
    expect(retryWaitMs({ times: 5, retryAfterMs: 0 }, waits, () => 0)).toBe(0)
  })

  it('is never shorter than the server asks for', () => {
    expect(retryWaitMs({ times: 1, retryAfterMs: 300_000 }, waits, () => 0)).toBe(300_000)
  })
})
