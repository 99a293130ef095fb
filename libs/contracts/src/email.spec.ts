import fc from 'fast-check'
import { Email, needsSmtpUtf8, normalEmail } from './email.js'

const accepts = (email: string): boolean => Email.safeParse(email).success

describe('an address', () => {
  it.each([
    'ada@example.org',
    'Ada.Lovelace+news@mail.example.co.uk',
    'a&b@x.de',
    'x/y@example.org',
    'go!@example.org',
    'a#1@example.org',
    'prvs=x@example.org',
    'a~b@example.org',
    "o'hara@example.org",
    '{$%*+-=?^_`|}@example.org',
    '-@example.org',
    'ana@xn--e1afmkfd.xn--p1ai',
    'ana@example.xn--vermgensberatung-pwb',
    'ana@räucher.de',
    'ä@müller.de',
    'дмитрий@пример.рф',
    '用户@例子.广告',
    'संपर्क@डाटामेल.भारत',
    'ada@例え。jp',
    'ada@💩.la',
    'ada@a.b.c.d.e.example',
    'ada@3com.com',
    `${'a'.repeat(64)}@example.org`,
    `${'ä'.repeat(32)}@example.org`,
    `a@${`${'b'.repeat(61)}.`.repeat(3)}${'c'.repeat(60)}.org`,
  ])('that mail servers accept is accepted: %s', (email) => expect(accepts(email)).toBe(true))

  it.each([
    '',
    'ada',
    '@example.org',
    'ada@',
    'ada@localhost',
    'ada@example.org.',
    'ada@.example.org',
    'ada@example..org',
    'ada@-example.org',
    'ada@example-.org',
    'ada@exa_mple.org',
    'ada@192.0.2.1',
    'ada@[192.0.2.1]',
    'ada@0x7f.1',
    '.ada@example.org',
    'ada.@example.org',
    'a..da@example.org',
    'a@b@example.org',
    'a b@example.org',
    '"a b"@example.org',
    'ada(comment)@example.org',
    'ada <ada@example.org>',
    'ada@example.org, eve@evil.test',
    'friends: ada@example.org;',
    'ada@example.org\r\nBcc: eve@evil.test',
    'ada\u0000@example.org',
    'ada\u00a0@example.org',
    'a\u200bda@example.org',
    'a\u202eda@example.org',
    'ada@exam\u00adple.org',
    'ada@ex\uff05ample.org',
    'ada@a\uff0fb.org',
    'ada@evil.test\uff20example.org',
    `${'a'.repeat(65)}@example.org`,
    `${'ä'.repeat(33)}@example.org`,
    `a@${'b'.repeat(64)}.org`,
    `a@${`${'b'.repeat(61)}.`.repeat(3)}${'c'.repeat(63)}.org`,
    `ada@${`${'ü'.repeat(20)}.`.repeat(10)}de`,
  ])('that is invalid is refused: %j', (email) => expect(accepts(email)).toBe(false))

  it('of any length is checked in time', () => {
    const startedMs = performance.now()
    for (const part of ['a', 'a.', 'ä', 'ü.', '@', '\u0301']) expect(accepts(`${part.repeat(448 * 1024)}@${part.repeat(448 * 1024)}`)).toBe(false)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  it('has one normal spelling, which is an address too', () => {
    const character = fc.oneof(fc.constantFrom(..."Aa1.-+_'ÄßİKéб例\u0301"), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }))
    const text = fc.array(character, { minLength: 1, maxLength: 12 }).map((characters) => characters.join(''))
    fc.assert(
      fc.property(text, text, fc.constantFrom('org', 'РФ', 'xn--p1ai'), (local, domain, last) => {
        const email = `${local}@${domain}.${last}`
        fc.pre(accepts(email))
        const normal = normalEmail(email)
        expect(accepts(normal)).toBe(true)
        expect(normalEmail(normal)).toBe(normal)
        expect(normal.slice(normal.lastIndexOf('@'))).toMatch(/^[!-~]+$/)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the normal spelling of an address', () => {
  it.each([
    ['Ada@Example.ORG', 'ada@example.org'],
    ['ada+news@example.org', 'ada+news@example.org'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
    ['ada@XN--BCHER-KVA.example', 'ada@xn--bcher-kva.example'],
    ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['Ame\u0301lie@example.org', 'am\u00e9lie@example.org'],
    ['ana@пример.рф', 'ana@xn--e1afmkfd.xn--p1ai'],
    ['ada@xn--a.example', 'ada@xn--a.example'],
  ])('of %s is %s', (entered, normal) => {
    expect(normalEmail(entered)).toBe(normal)
    expect(normalEmail(normal)).toBe(normal)
  })
})

it('only a name in another script needs a server with SMTPUTF8', () => {
  expect(['ada@example.org', 'ada@bücher.example', 'ä@example.org', 'ä@müller.de'].map(needsSmtpUtf8)).toEqual([false, false, true, true])
})
