import { notAhead, tickId, tickOf } from './ticks.js'

const minuteMs = 60_000
const [nowMs, dayMs] = [1_800_000_030_000, 86_400_000]

describe('the current tick', () => {
  it('is the one from the queue, if that is due or late', () => {
    for (const tickMs of [nowMs, nowMs - minuteMs, nowMs - dayMs, nowMs + 1_000]) expect(notAhead(tickMs, nowMs, minuteMs)).toBe(tickMs)
  })

  it('is the one that is due, if a process whose clock is ahead has created a later one', () => {
    for (const aheadMs of [minuteMs, 3_600_000, 30 * dayMs]) {
      const tickMs = notAhead(nowMs + aheadMs, nowMs, minuteMs)
      expect(Math.abs(tickMs - nowMs)).toBeLessThanOrEqual(minuteMs / 2)
      expect((nowMs + aheadMs - tickMs) % minuteMs).toBe(0)
    }
  })

  it('is read from the id of its job', () => {
    expect(tickOf(tickId('search.settle-index', nowMs))).toBe(nowMs)
    expect(tickOf('0199f0a2-7c1e-7b63-9d54-000000000001')).toBeUndefined()
  })
})
