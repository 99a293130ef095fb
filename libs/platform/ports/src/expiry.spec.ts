import { Expiry } from './expiry.js'

describe('expiry', () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }))
  afterEach(() => jest.useRealTimers())

  it('calls back when the deadline has passed, up to 20 ms late, and once', () => {
    const expire = jest.fn()
    new Expiry().at(performance.now() + 30, expire)
    jest.advanceTimersByTime(29)
    expect(expire).not.toHaveBeenCalled()
    jest.advanceTimersByTime(21)
    jest.advanceTimersByTime(100)
    expect(expire).toHaveBeenCalledTimes(1)
  })

  it('does not call back after it was cancelled', () => {
    const expire = jest.fn()
    new Expiry().at(performance.now() + 30, expire)()
    jest.advanceTimersByTime(100)
    expect(expire).not.toHaveBeenCalled()
  })

  it('does not call back for a deadline that another one cancels as it expires', () => {
    const expiry = new Expiry()
    const expire = jest.fn()
    const cancel = expiry.at(performance.now() + 10, expire)
    expiry.at(performance.now() + 10, () => cancel())
    expiry.at(performance.now() + 70, () => cancel())
    jest.advanceTimersByTime(100)
    expect(expire).not.toHaveBeenCalled()
  })

  it('keeps a timer only while a deadline is pending', () => {
    const expiry = new Expiry()
    expiry.at(performance.now() + 10, () => {})
    expiry.at(performance.now() + 70, () => {})
    jest.advanceTimersByTime(40)
    expect(jest.getTimerCount()).toBe(1)
    jest.advanceTimersByTime(60)
    expect(jest.getTimerCount()).toBe(0)
    expiry.at(performance.now() + 10, () => {})
    expect(jest.getTimerCount()).toBe(1)
  })
})
