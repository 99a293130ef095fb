import { withoutNow } from './without-now.js'

describe('an answer without recent times', () => {
  it('does not depend on when it was given, and keeps all other times', () => {
    const old = '2026-01-01T00:00:00.000Z'
    const answer = { items: [{ at: new Date().toISOString(), publishedAt: old, title: 'a', size: 1 }], next: null }
    expect(withoutNow(answer)).toEqual({ items: [{ at: 'now', publishedAt: old, title: 'a', size: 1 }], next: null })
  })
})
