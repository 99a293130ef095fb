import { inputHash } from './input-hash.js'

describe('the hash of an input', () => {
  it('does not depend on the order of names, at any depth', () => {
    expect(inputHash({ a: 1, b: [{ c: 2, d: null }] })).toBe(inputHash({ b: [{ d: null, c: 2 }], a: 1 }))
  })

  it('treats undefined fields as missing, as a wire does', () => {
    expect(inputHash({ a: 1, b: undefined })).toBe(inputHash({ a: 1 }))
    expect(inputHash(undefined)).toMatch(/^[0-9a-f]{64}$/)
  })

  it.each([
    ['values', { a: 1 }, { a: 2 }],
    ['types', { a: 1 }, { a: '1' }],
    ['names', { a: 1 }, { b: 1 }],
    ['orders of items', [1, 2], [2, 1]],
    ['places', { a: { b: 1 }, c: 2 }, { a: { b: 1, c: 2 } }],
    ['nothing and null', {}, { a: null }],
    ['prototypes that are names', JSON.parse('{"__proto__":1}'), {}],
  ])('tells %s apart', (_what, one, other) => {
    expect(inputHash(one)).not.toBe(inputHash(other))
  })
})
