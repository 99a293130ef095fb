import { loadConfig, MemorySecretStore, processEnvironment, type Stage } from '@kilomega/config'
import { NotificationsConfig } from './notifications.config.js'

const load = (environment: Record<string, string>) => loadConfig([NotificationsConfig], environment, new MemorySecretStore()).get(NotificationsConfig)
const production = {
  NOTIFICATIONS_MAIL_DRIVER: 'smtp',
  NOTIFICATIONS_SMTP_URL: 'smtps://user:password@mail.kilomega.test',
  NOTIFICATIONS_FROM_ADDRESS: 'us@kilomega.test',
  NOTIFICATIONS_SEAL_KEY: 'a key of more than sixteen characters',
}

describe('the configuration of notifications', () => {
  const enter = (stage: Stage) => Object.assign(processEnvironment(), { NODE_ENV: stage })
  afterEach(() => enter('test'))

  it('captures mails by default', () => {
    expect(load({})).toMatchObject({ mailDriver: 'captured', fromAddress: 'no-reply@kilomega.example' })
    expect(load({}).smtpUrl.reveal()).toBe('smtp://localhost:1025')
  })

  it('does not allow production to capture mails', () => {
    enter('production')
    expect(() => load({})).toThrow(/NOTIFICATIONS_MAIL_DRIVER: production sends its mails/)
    expect(() => load({ ...production, NOTIFICATIONS_MAIL_DRIVER: 'captured' })).toThrow(/NOTIFICATIONS_MAIL_DRIVER/)
    expect(() => load({ ...production, NOTIFICATIONS_FROM_ADDRESS: 'us@kilomega.example' })).toThrow(/NOTIFICATIONS_FROM_ADDRESS/)
    expect(load(production).mailDriver).toBe('smtp')
  })

  it('does not show the password of the mail server', () => {
    expect(JSON.stringify(load(production))).not.toContain('password')
  })

  it.each(['mail.kilomega.test:25', 'https://mail.kilomega.test', 'smtp://mail kilomega'])('refuses %j as the mail server', (smtpUrl) => {
    expect(() => load({ NOTIFICATIONS_SMTP_URL: smtpUrl })).toThrow(/NOTIFICATIONS_SMTP_URL: must be a URL/)
  })

  it.each(['kilomega.test', 'ftp://kilomega.test', 'https://kilomega.test/#/app', 'https://kilomega.test/?page='])(
    'refuses %j as the base of links',
    (linkUrl) => {
      expect(() => load({ NOTIFICATIONS_LINK_URL: linkUrl })).toThrow(/NOTIFICATIONS_LINK_URL: /)
    },
  )

  it.each(['us@kilomega.test\r\nBcc: eve@evil.test', 'Us <us@kilomega.test>'])('refuses %j as the sender', (fromAddress) => {
    expect(() => load({ NOTIFICATIONS_FROM_ADDRESS: fromAddress })).toThrow(/NOTIFICATIONS_FROM_ADDRESS/)
  })
})
