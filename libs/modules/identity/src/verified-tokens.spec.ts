import type { VerifiedToken } from './drivers/access-tokens.js'
import { VerifiedTokens } from './verified-tokens.js'

const until = (untilMs: number): VerifiedToken => ({ principal: { id: 'i', role: 'user', sessionId: 's' }, fromMs: -1_000, untilMs })

describe('recently verified tokens', () => {
  it('are known until they expire', () => {
    const tokens = new VerifiedTokens(10)
    tokens.put('token', until(1_000))
    expect(tokens.get('token', 999)).toEqual(until(1_000))
    expect(tokens.get('token', 1_000)).toBeUndefined()
    expect(tokens.get('token', 999)).toBeUndefined()
  })

  it('are not known before they were issued, as after a clock that was ahead is right again', () => {
    const tokens = new VerifiedTokens(10)
    tokens.put('token', { ...until(9_000), fromMs: 5_000 })
    expect(tokens.get('token', 4_999)).toBeUndefined()
  })

  it('are recognised by their whole text, not only by its end', () => {
    const tokens = new VerifiedTokens(10)
    const end = '.signature'.padEnd(60, '-')
    tokens.put(`mine${end}`, until(1_000))
    expect(tokens.get(`yours${end}`, 0)).toBeUndefined()
    expect(tokens.get(`mine${end}`, 0)).toEqual(until(1_000))
  })

  it('are evicted, the least recently used first, when there are too many', () => {
    const tokens = new VerifiedTokens(2)
    tokens.put('first', until(1_000))
    tokens.put('second', until(1_000))
    tokens.get('first', 0)
    tokens.put('third', until(1_000))
    expect(['first', 'second', 'third'].map((token) => tokens.get(token, 0) !== undefined)).toEqual([true, false, true])
  })
})
