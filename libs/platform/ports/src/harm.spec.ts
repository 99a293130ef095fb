import { harmIn } from './harm.js'

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

describe('harm in JSON', () => {
  it('is a name that reaches a prototype, at any depth', () => {
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      expect(harmIn(JSON.parse(`{"a":[{"${name}":1}]}`), 20)).toMatchObject({ path: name, code: 'forbidden_field' })
    }
  })

  it('is more nesting than allowed, however much more', () => {
    expect(harmIn(nested(20), 20)).toBeUndefined()
    expect(harmIn(nested(21), 20)).toMatchObject({ code: 'too_deep' })
    expect(harmIn(nested(10_000), 20)).toMatchObject({ code: 'too_deep' })
  })

  it('is found in nothing else', () => {
    for (const value of [null, 1, 'x', true, {}, [], { a: { b: [1, null, { c: 'd' }] } }]) expect(harmIn(value, 20)).toBeUndefined()
  })
})
