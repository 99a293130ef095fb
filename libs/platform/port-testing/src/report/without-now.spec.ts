import { withoutNow } from './without-now.js'

describe('an answer without recent times', () => {
  it('does not depend on when it was given, and keeps all other times', () => {
    const old = '2026-01-01T00:00:00.000Z'
    const answer = { items: [{ at: new Date().toISOString(), publishedAt: old, title: 'a', size: 1 }], next: null }
    expect(withoutNow(answer)).toEqual({ items: [{ at: 'now', publishedAt: old, title: 'a', size: 1 }], next: null })
  })

  it('does not depend on a limit that is a day ahead', () => {
    const ahead = (ms: number) => ({ to: new Date(Date.now() + 24 * 3_600_000 + ms).toISOString() })
    expect(withoutNow(ahead(0))).toEqual(withoutNow(ahead(5)))
    expect(withoutNow(ahead(0))).not.toEqual(withoutNow(ahead(24 * 3_600_000)))
  })

  it('is the same however long a caller is to wait from now on', () => {
    const refusal = (retryAfterS: number | null) => ({ error: { code: 'TOO_MANY_ATTEMPTS', details: { retryAfterS } } })
    expect(withoutNow(refusal(869))).toEqual(withoutNow(refusal(870)))
    expect(withoutNow(refusal(869))).not.toEqual(withoutNow(refusal(null)))
  })

  it('is the same in JSON that a database has made, in which everything else is compared to the letter', () => {
    const json = (time: string, title: string) => `{"at" : "${time}", "title" : "${title}"}`
    const now = new Date().toISOString()
    expect(withoutNow({ items: json(now, 'a') })).toEqual({ items: json('now', 'a') })
    expect(withoutNow(json(now, 'a'))).not.toEqual(withoutNow(json(now, 'b')))
    expect(withoutNow(json('2026-01-01T00:00:00.000Z', 'a'))).toEqual(json('2026-01-01T00:00:00.000Z', 'a'))
  })
})
