import { HttpConfig } from '@kilomega/http'
import { loadConfig, MemorySecretStore, ProductConfig } from '@kilomega/config'
import { LiquidTemplateRenderer } from './drivers/template-renderer.liquid.js'
import { LetterComposer } from './letter-composer.js'
import type { MailTemplate } from './mail-words.js'
import { NotificationsConfig } from './notifications.config.js'
import { UnsubscribeSeal } from './unsubscribe-seal.js'

const id = '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10'
const templates: MailTemplate[] = [
  'verification',
  'password-reset',
  'registration-repeated',
  'password-changed',
  'welcome',
  'media-ready',
  'media-failed',
]
const token = 'a-Token_of-32-characters-or-more'

function composer(environment: Record<string, string> = {}): LetterComposer {
  const values = loadConfig([NotificationsConfig, ProductConfig, HttpConfig], environment, new MemorySecretStore())
  const config = values.get(NotificationsConfig)
  return new LetterComposer(new LiquidTemplateRenderer(), config, values.get(ProductConfig), values.get(HttpConfig), new UnsubscribeSeal(config))
}

const compose = (template: MailTemplate, recipient = {}, environment = {}) =>
  composer(environment).compose({ id, template, accountId: id, reason: null }, { email: 'ada@example.org', name: 'Ada', ...recipient })

describe('a letter', () => {
  it.each(templates)('of type %s says the same in text and in HTML', (template) => {
    const { text, html, subject, to } = compose(template, { token })
    expect(to).toBe('ada@example.org')
    expect(subject).toMatch(/^[\w ]+$/)
    const heading = text.split('\n')[0]!
    expect(html).toContain(heading)
    expect(`${text}${html}`).not.toMatch(/\{\{|\}\}|\{%|%\}|undefined|null|\[object/)
  })

  it.each([
    ['verification', 'https://kilomega.test/app/verify', { HTTP_PUBLIC_URL: 'https://kilomega.test/app' }],
    ['password-reset', 'https://kilomega.test/app/reset', { HTTP_PUBLIC_URL: 'https://kilomega.test/app/' }],
    ['verification', 'https://kilomega.test/verify', { HTTP_PUBLIC_URL: 'https://api.test', NOTIFICATIONS_LINK_URL: 'https://kilomega.test' }],
    ['password-reset', 'https://kilomega.test/a/reset', { HTTP_PUBLIC_URL: 'https://api.test', NOTIFICATIONS_LINK_URL: 'https://kilomega.test/a' }],
  ] as const)('of type %s has its token on a line of its own and in the link %s', (template, link, environment) => {
    const { text, html } = compose(template, { token }, environment)
    expect(text.split('\n')).toContain(token)
    expect(text).not.toMatch(/\n\n\n/)
    expect(text.split('\n')).toContain(`${link}?token=${token}`)
    expect(html).toContain(`>${token}</p>`)
    expect(html).toContain(`href="${link}`)
  })

  it.each(['welcome', 'media-ready', 'media-failed'] as const)('of type %s says how to unsubscribe: to people and to mail programs', (template) => {
    const { text, html, unsubscribeUrl } = compose(
      template,
      {},
      { HTTP_PUBLIC_URL: 'https://api.test', NOTIFICATIONS_LINK_URL: 'https://kilomega.test' },
    )
    const sealed = new RegExp(`/unsubscribe\\?token=${id}\\.${template}\\.[\\w-]{43}$`)
    expect(unsubscribeUrl).toMatch(sealed)
    expect(new URL(unsubscribeUrl!).origin).toBe('https://api.test')
    const link = /^Stop mails like this: (\S+)$/m.exec(text)![1]!
    expect(link).toMatch(sealed)
    expect(new URL(link).origin).toBe('https://kilomega.test')
    expect(html).toContain('>Stop mails like this</a>')
  })

  it.each(['verification', 'registration-repeated', 'password-reset', 'password-changed'] as const)(
    'of type %s, which an account needs, cannot be unsubscribed from',
    (template) => {
      const { text, html, unsubscribeUrl } = compose(template, { token })
      expect(`${text}${html}${unsubscribeUrl ?? ''}`).not.toMatch(/unsubscribe|Stop mails/)
    },
  )

  it.each(['verification', 'registration-repeated', 'password-reset', 'password-changed'] as const)(
    'of type %s contains nothing that somebody else may have written',
    (template) => {
      const { text, html, subject } = compose(template, { name: 'Visit https://evil.test', token })
      expect(`${text}${html}${subject}`).not.toContain('evil')
    },
  )

  it('shows any name as plain text', () => {
    const { html, text, subject } = compose('welcome', { name: '<img src=x onerror=y>{{token}}' })
    expect(html).not.toContain('<img')
    expect(text).toContain('Hello <img src=x onerror=y>{{token}},')
    expect(subject).toBe('Welcome to Kilomega')
  })

  it.each([
    'ada@example.org\r\nBcc: eve@evil.test',
    'ada@example.org\nBcc: eve@evil.test',
    'ada@example.org, eve@evil.test',
    'ada@example.org;eve@evil.test',
    'ada@example.org eve@evil.test',
    '<ada@example.org>',
    'Ada <ada@example.org>',
    '"ada@example.org"@evil.test',
    '"ada b"@example.org',
    'ada(comment)@example.org',
    'friends: ada@example.org, eve@evil.test;',
    'ada@ex\u00adample.org',
    'a\u200bda@example.org',
    'a\u202eda@example.org',
    'ada@evil.test\uff20example.org',
    'ada@example.org\u0000',
    'ada@example.org%0aBcc:eve@evil.test',
    'ada@[127.0.0.1]',
    'ada@localhost',
    'ada@@example.org',
    '',
    Array.from({ length: 10_000 }, (_, index) => `a${index}@example.org`).join(','),
  ])('is not composed for the invalid address %#', (email) => {
    expect(() => compose('welcome', { email })).toThrow()
  })

  it.each(['a&b@example.org', 'ada@exämple.org', 'adа@example.org'])('goes to the address exactly as written: %s', (email) => {
    expect(compose('welcome', { email }).to).toBe(email)
  })
})
