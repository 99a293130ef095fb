import { letter } from './mail-sender.suite.js'

describe('a letter', () => {
  it.each([
    'ada@example.org\r\nBcc: eve@evil.test',
    'ada@example.org, eve@evil.test',
    'Ada <ada@example.org>',
    '"ada b"@example.org',
    'ada(comment)@example.org',
    'friends: ada@example.org;',
    'a\u202eda@example.org',
    `${'a'.repeat(250)}@example.org`,
  ])('cannot have the recipient %j', (to) => {
    expect(() => letter({ to })).toThrow()
  })

  it.each([
    'mailto:stop@example.org',
    'https://example.org/a b',
    'https://example.org/\r\nBcc: eve@evil.test',
    'https://example.org/>,<https://evil.test/',
    `https://example.org/${'a'.repeat(900)}`,
  ])('cannot have the unsubscribe URL %j', (unsubscribeUrl) => {
    expect(() => letter({ unsubscribeUrl })).toThrow()
  })

  it.each(['one\r\nBcc: eve@evil.test', 'one\ntwo', 'one\rtwo', 'one\u0000two', 'one\u2028two', '', 's'.repeat(201)])(
    'cannot have the subject %j',
    (subject) => {
      expect(() => letter({ subject })).toThrow()
    },
  )
})
