import { Clock, SystemClock } from './clock.js'

it('the time of the system is the same in milliseconds', () => {
  jest.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00.000Z') })
  const clock = new SystemClock()
  expect([clock.now().toISOString(), clock.nowMs()]).toEqual(['2026-01-01T00:00:00.000Z', 1_767_225_600_000])
  jest.useRealTimers()
})

it('the time of any other clock is the same in milliseconds too', () => {
  class Stopped extends Clock {
    now(): Date {
      return new Date(1_000)
    }
  }
  expect(new Stopped().nowMs()).toBe(1_000)
})
