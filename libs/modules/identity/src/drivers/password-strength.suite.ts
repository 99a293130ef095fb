import { notorious } from '../../test/notorious-passwords.js'
import type { PasswordStrength } from './password-strength.js'

const known = ['Kilomega', 'Ada', 'Lovelace', 'ada.lovelace@example.org', 'ada.lovelace', 'ada', 'lovelace', 'example.org', 'example']

/** The definition of PasswordStrength: every driver passes it. */
export function passwordStrengthSuite(open: () => PasswordStrength): void {
  const strength = open()

  it('finds notorious passwords weak', () => {
    expect(notorious.filter((password) => !strength.isWeak(password, known))).toEqual([])
  })

  it.each(['Password', 'PASSWORD1', 'pAsSwOrD!', 'P@ssw0rd', 'p4$$w0rd', 'drowssap', 'passwordpassword'])(
    'recognises a common password as %s',
    (password) => {
      expect(strength.isWeak(password, [])).toBe(true)
    },
  )

  it.each(['AdaLovelace', 'ada.lovelace1', 'Lovelace-Ada', 'ada@example', 'kilomega1', 'K1l0m3ga!', 'KILOMEGA'])(
    'finds %s weak for its owner, and an unrelated password strong',
    (password) => {
      expect(strength.isWeak(password, known)).toBe(true)
      expect(strength.isWeak('a' + password.split('').reverse().join('x'), ['somebody', 'else'])).toBe(false)
    },
  )

  it.each([
    'correct horse battery staple',
    'a horse that nobody has met',
    'ein langer satz mit tieren',
    'пароль и лошадь едят сено',
    'correcthorsebatterystaple',
    'Tr4$kd9!q',
    'tr0ub4dor&3x',
    '7f3a9c1e5b8d2460',
    'vK9#mW2$xQ7!pL4@',
    '😀🐴🔋📎 and so on',
    `${'long and '.repeat(20)}longer`,
  ])('accepts long or random passwords: %s', (password) => {
    expect(strength.isWeak(password, known)).toBe(false)
  })

  it.each([
    ['letters', 'a'.repeat(256)],
    ['pairs', 'ab'.repeat(128)],
    ['leet', '@$$w0rd!1|4'.repeat(24)],
    ['every leet', '4@8({[<369&#!1/|0$5+7%2'.repeat(12)],
    ['digits', '19900101'.repeat(32)],
    ['keyboards', 'qwertyuiopasdfghjklzxcvbnm1234567890'.repeat(8)],
    ['words', 'passwordmonkeydragonletmein'.repeat(10)],
    ['at random', '8jK!p2$x9Qz_7Lm4Vb6Nc3Wd5Ef1Gh0R'.repeat(8)],
    ['bytes of other scripts', 'ß😀é'.repeat(64)],
    ['half a megabyte', 'a1!'.repeat(150_000)],
  ])('takes little time for the longest of %s', (_, password) => {
    strength.isWeak(password, known)
    const before = process.cpuUsage()
    for (let count = 1; count <= 10; count += 1) strength.isWeak(password, known)
    const { user, system } = process.cpuUsage(before)
    // Ten of them, each far below 20 ms on an idle machine.
    expect((user + system) / 1_000).toBeLessThan(10 * 20)
  })
}
