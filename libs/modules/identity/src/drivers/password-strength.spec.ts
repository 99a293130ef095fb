import { dictionary } from '@zxcvbn-ts/language-common'
import { passwordStrengthSuite } from './password-strength.suite.js'
import { ZxcvbnPasswordStrength } from './password-strength.zxcvbn.js'

describe('PasswordStrength by zxcvbn', () => {
  const strength = new ZxcvbnPasswordStrength()

  passwordStrengthSuite(() => strength)

  it('refuses all of the 3,000 most common passwords that are long enough', () => {
    const common = dictionary['passwords-common'].filter((word) => String(word).length >= 8).slice(0, 3_000)
    expect(common).toHaveLength(3_000)
    expect(common.filter((word) => !strength.isWeak(String(word), []))).toEqual([])
  })
})
