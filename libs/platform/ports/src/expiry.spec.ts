import { Expiry } from './expiry.js'

describe('expiry', () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }))
  afterEach(() => jest.useRealTimers())

  it('calls back when the time has come, up to 20 ms late, and once', () => {
    const expire = jest.fn()
    new Expiry().at(performance.now() + 30, expire)
    jest.advanceTimersByTime(29)
    expect(expire).not.toHaveBeenCalled()
    jest.advanceTimersByTime(21)
    jest.advanceTimersByTime(100)
    expect(expire).toHaveBeenCalledTimes(1)
  })

  it('does not call back who has taken the wish back', () => {
    const expire = jest.fn()
    new Expiry().at(performance.now() + 30, expire)()
    jest.advanceTimersByTime(100)
    expect(expire).not.toHaveBeenCalled()
  })

  it('does not call back whom another one takes out as his own time is over', () => {
    const expiry = new Expiry()
    const expire = jest.fn()
    const takeBack = expiry.at(performance.now() + 10, expire)
    expiry.at(performance.now() + 10, () => takeBack())
    expiry.at(performance.now() + 70, () => takeBack())
    jest.advanceTimersByTime(100)
    expect(expire).not.toHaveBeenCalled()
  })

  it('keeps a timer only while somebody waits', () => {
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
