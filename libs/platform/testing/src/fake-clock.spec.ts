import { FakeClock } from './fake-clock.js'

it('time passes only when the clock is advanced', () => {
  const clock = new FakeClock('2026-01-31T12:00:00.000Z')
  const before = clock.now()
  clock.advance(1_500)
  expect(before.toISOString()).toBe('2026-01-31T12:00:00.000Z')
  expect(clock.now().toISOString()).toBe('2026-01-31T12:00:01.500Z')
})
