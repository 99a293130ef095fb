import { Clock, SystemClock } from './clock.js'

it('the system clock gives the same time in milliseconds', () => {
  jest.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00.000Z') })
  const clock = new SystemClock()
  expect([clock.now().toISOString(), clock.nowMs()]).toEqual(['2026-01-01T00:00:00.000Z', 1_767_225_600_000])
  jest.useRealTimers()
})

it('any other clock gives the same time in milliseconds too', () => {
  class Stopped extends Clock {
    now(): Date {
      return new Date(1_000)
    }
  }
  expect(new Stopped().nowMs()).toBe(1_000)
})
