import { commonPasswords } from './common-passwords.js'
import { refuseCommonPassword } from './password-strength.js'

const words = commonPasswords.trim().split(/\s+/)

describe('a password that everybody uses', () => {
  it('is one of 3,000, each of which the length limit would let pass', () => {
    expect(new Set(words).size).toBe(3_000)
    expect(words.filter((word) => word.length < 8)).toEqual([])
  })

  it('is refused in any case', () => {
    for (const word of words) expect(() => refuseCommonPassword(word)).toThrow(expect.objectContaining({ code: 'WEAK_PASSWORD' }))
    expect(() => refuseCommonPassword('PassWord')).toThrow(expect.objectContaining({ code: 'WEAK_PASSWORD' }))
  })

  it('does not keep longer ones from being taken', () => {
    expect(() => refuseCommonPassword('password and a horse')).not.toThrow()
  })
})
