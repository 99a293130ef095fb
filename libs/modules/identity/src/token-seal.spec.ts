import { identityConfig } from '../test/identity-config.js'
import { TokenSeal } from './token-seal.js'

const newSeal = () => new TokenSeal(identityConfig())

describe('a sealed token', () => {
  const seal = newSeal()
  const token = seal.seal('verify', 'some-id')

  it('returns its id for the purpose that it was made for, and for no other', () => {
    expect(seal.open('verify', token)).toBe('some-id')
    expect(seal.open('reset', token)).toBeUndefined()
    expect(seal.open('refresh', token)).toBeUndefined()
  })

  it('is refused with one character changed, added or taken away', () => {
    for (let at = 0; at < token.length; at += 1) {
      expect(seal.open('verify', `${token.slice(0, at)}${token[at] === 'x' ? 'y' : 'x'}${token.slice(at + 1)}`)).toBeUndefined()
      expect(seal.open('verify', token.slice(0, at) + token.slice(at + 1))).toBeUndefined()
    }
    expect(seal.open('verify', `${token}=`)).toBeUndefined()
    expect(seal.open('verify', '')).toBeUndefined()
  })

  it('is invalid under another key', () => {
    expect(newSeal().open('verify', token)).toBeUndefined()
  })
})
