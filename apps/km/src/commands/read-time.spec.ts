import { readTime } from './read-time.js'

describe('A time on the command line', () => {
  it.each([
    ['2026-11-25', '2026-11-25T00:00:00.000Z'],
    ['2026-11-25T12:00:00Z', '2026-11-25T12:00:00.000Z'],
    ['2026-11-25T12:00:00+02:00', '2026-11-25T10:00:00.000Z'],
  ])('%s is %s', (text, time) => {
    expect(readTime(text)).toBe(time)
  })

  it.each(['12', '2026', '', 'yesterday', '2026-13-01', '2026-02-30', '11/25/2026', '2026-11-25T12:00:00', '2026-11-25 12:00', '1e3', '-1'])(
    '%j is not a time',
    (text) => {
      expect(() => readTime(text)).toThrow('it is not a time')
    },
  )
})
