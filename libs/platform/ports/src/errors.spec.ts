import { AppError, mayRetry } from './app-error.js'
import { errors, portErrors, registeredErrors, statusOf } from './errors.js'

const made = errors({ SHIP_SUNK: ['missing', 'The ship is gone'], SHIP_FULL: ['unavailable', 'No room', 507] })

describe('an error from the registry', () => {
  it('carries kind, code, message and details, and keeps its cause in the process', () => {
    const cause = new Error('secret text')
    const error = made.SHIP_SUNK({ at: 'noon' }, cause)
    expect(error).toBeInstanceOf(AppError)
    expect(error.cause).toBe(cause)
    expect(error.toValue()).toEqual({ kind: 'missing', code: 'SHIP_SUNK', message: 'The ship is gone', details: { at: 'noon' } })
    expect(made.SHIP_SUNK().toValue()).toEqual({ kind: 'missing', code: 'SHIP_SUNK', message: 'The ship is gone' })
  })

  it('is the same on the other side of a wire', () => {
    const error = made.SHIP_FULL({ retryAfterS: 3 })
    expect(AppError.from(JSON.parse(JSON.stringify(error.toValue()))).toValue()).toEqual(error.toValue())
  })

  it('has the status that its code declares, otherwise that of its kind', () => {
    expect(statusOf(made.SHIP_SUNK())).toBe(404)
    expect(statusOf(made.SHIP_FULL())).toBe(507)
    expect(statusOf({ code: 'OF_ANOTHER_VERSION', kind: 'conflict' })).toBe(409)
  })

  it('allows a retry only if the problem may pass', () => {
    expect(mayRetry('unavailable') && mayRetry('exhausted')).toBe(true)
    expect((['invalid', 'unauthenticated', 'forbidden', 'missing', 'conflict', 'internal', 'deadline'] as const).some(mayRetry)).toBe(false)
  })
})

describe('the registry', () => {
  it('lists every declared code once, in order', () => {
    const codes = registeredErrors().map(({ code }) => code)
    expect(codes).toEqual([...new Set(codes)].sort())
    expect(codes).toEqual(expect.arrayContaining(['SHIP_SUNK', ...Object.keys(portErrors)]))
  })

  it('refuses a code that is declared twice or not in UPPER_SNAKE', () => {
    expect(() => errors({ SHIP_SUNK: ['missing', 'again'] })).toThrow('declared twice')
    expect(() => errors({ shipSunk: ['missing', 'x'] })).toThrow('UPPER_SNAKE')
  })
})
