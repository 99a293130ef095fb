import { inspect } from 'node:util'
import { loadConfig, MemorySecretStore, ProductConfig } from '@kilomega/config'
import { ProcessMetrics } from '@kilomega/observability'
import { openDatabase } from '@kilomega/testing'
import { CapturedMail } from '../tables/captured-mail.entity.js'
import { createNotifications } from '../tables/migrations/202611240100-create-notifications.js'
import { keepHeaders } from '../tables/migrations/202611291400-keep-headers.js'
import { NotificationsConfig } from '../notifications.config.js'
import { CapturedMailSender } from './mail-sender.captured.js'
import { MailRefused } from './mail-sender.js'
import { SmtpMailSender } from './mail-sender.smtp.js'
import { letter, mailSenderSuite } from './mail-sender.suite.js'
import { MailServer } from '../../test/mail-server.js'

const configFor = (environment: Record<string, string> = {}) =>
  loadConfig([NotificationsConfig], environment, new MemorySecretStore()).get(NotificationsConfig)

const product = loadConfig([ProductConfig], {}).get(ProductConfig)

describe('MailSender by SMTP', () => {
  let server: MailServer
  let sender: SmtpMailSender

  beforeAll(async () => {
    server = await MailServer.start()
    sender = new SmtpMailSender(configFor({ NOTIFICATIONS_SMTP_URL: server.url }), product, new ProcessMetrics(), {
      dnsTimeout: 1_000,
      connectionTimeout: 1_000,
      greetingTimeout: 1_000,
      socketTimeout: 1_000,
    })
  })
  afterAll(async () => {
    await sender.onApplicationShutdown()
    await server.stop()
  })

  mailSenderSuite(() => ({ sender, found: () => server.mails() }))

  it('keeps a few connections for many mails', () => {
    expect(server.mostConnections).toBeLessThanOrEqual(5)
  })

  it('writes only to the recipient', async () => {
    await sender.send(letter({ to: 'only@example.org' }))
    expect(server.envelopes.filter((recipients) => recipients.includes('only@example.org'))).toEqual([['only@example.org']])
  })

  it.each([
    ['a&b@example.org', 'a&b@example.org'],
    ['x/y@example.org', 'x/y@example.org'],
    ["o'hara{$%*+-=?^_`|}~!#@example.org", "o'hara{$%*+-=?^_`|}~!#@example.org"],
    ['-@example.org', '-@example.org'],
    ['ana@xn--bcher-kva.example', 'ana@bücher.example'],
    ['ana@bücher.example', 'ana@bücher.example'],
    ['ana@xn--e1afmkfd.xn--p1ai', 'ana@пример.рф'],
    ['ä@xn--mller-kva.de', 'ä@müller.de'],
    ['дмитрий@xn--e1afmkfd.xn--p1ai', 'дмитрий@пример.рф'],
    ['用户@example.org', '用户@example.org'],
  ])('writes to %s and to no other address', async (to, taken) => {
    const before = server.envelopes.length
    const sent = letter({ to })
    await sender.send(sent)
    expect(server.envelopes.slice(before)).toEqual([[taken]])
    expect((await server.mails()).find(({ id }) => id === sent.id)).toMatchObject({ to: expect.stringMatching(/@/) as string })
  })

  it.each([
    [550, 'SMTP_550', true],
    [553, 'SMTP_553', true],
    [451, 'SMTP_451', false],
    [452, 'SMTP_452', false],
  ])('reports the answer %i as %s (permanent: %s)', async (responseCode, code, permanent) => {
    server.refuseNext(responseCode)
    await expect(sender.send(letter())).rejects.toMatchObject({ name: 'MailRefused', code, permanent })
  })

  it('does not repeat the server’s words, which may contain the recipient', async () => {
    server.refuseNext(550)
    const error = await sender.send(letter({ to: 'secret@example.org' })).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(MailRefused)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('secret@')
  })

  it('sends again after the connection was lost', async () => {
    server.dropConnections()
    const sent = letter({ to: 'after@example.org' })
    await sender.send(sent).catch(() => sender.send(sent))
    expect((await server.mails()).map(({ to }) => to)).toContain('after@example.org')
  })

  it('calls begin when the server is ready for the letter, and not before it has accepted the recipient', async () => {
    const held = server.holdRecipients()
    let calls = 0
    const sending = sender.send(letter({ to: 'begun@example.org' }), async () => void (calls += 1))
    await held.asked
    expect(calls).toBe(0)
    held.answer()
    await sending
    expect(calls).toBe(1)
  })

  it('sends nothing if begin rejects, and continues with the next letter', async () => {
    const refused = new MailRefused('ALREADY_SENDING', false)
    await expect(sender.send(letter({ to: 'stopped@example.org' }), () => Promise.reject(refused))).rejects.toBe(refused)
    expect(refused.code).toBe('ALREADY_SENDING')
    await sender.send(letter({ to: 'next@example.org' }))
    const readers = (await server.mails()).map(({ to }) => to)
    expect(readers).toContain('next@example.org')
    expect(readers).not.toContain('stopped@example.org')
  })

  it('knows that nothing was sent if the connection is lost before the server is ready for the letter', async () => {
    const held = server.holdRecipients()
    const sending = sender.send(letter({ to: 'lost@example.org' }))
    await held.asked
    server.dropConnections()
    await expect(sending).rejects.toMatchObject({ name: 'MailRefused', permanent: false })
    held.answer()
  })

  it.each([
    ['no server listens', async () => 'smtp://127.0.0.1:1'],
    ['the server never greets', async () => server.silentUrl()],
  ])('is unavailable when %s', async (_, url) => {
    const lost = new SmtpMailSender(configFor({ NOTIFICATIONS_SMTP_URL: await url() }), product, new ProcessMetrics(), {
      dnsTimeout: 300,
      connectionTimeout: 300,
      greetingTimeout: 300,
      socketTimeout: 300,
    })
    await expect(lost.send(letter())).rejects.toMatchObject({ name: 'MailUnavailable', permanent: false })
    await lost.onApplicationShutdown()
  })
})

describe('MailSender by SMTP with a server that does not support addresses in other scripts', () => {
  let server: MailServer
  let sender: SmtpMailSender

  beforeAll(async () => {
    server = await MailServer.start({ hideSMTPUTF8: true })
    sender = new SmtpMailSender(configFor({ NOTIFICATIONS_SMTP_URL: server.url }), product, new ProcessMetrics())
  })
  afterAll(async () => {
    await sender.onApplicationShutdown()
    await server.stop()
  })

  it('refuses permanently a mail that could be delivered to somebody else', async () => {
    let calls = 0
    const sending = sender.send(letter({ to: 'ä@müller.de' }), async () => void (calls += 1))
    await expect(sending).rejects.toMatchObject({ name: 'MailRefused', code: 'SMTPUTF8_NOT_OFFERED', permanent: true })
    expect(calls).toBe(0)
    expect(server.envelopes).toEqual([])
  })

  it('delivers to an address in which only the domain is in another script, because DNS has a Latin form of it', async () => {
    await sender.send(letter({ to: 'ana@müller.de' }))
    expect(server.envelopes).toEqual([['ana@müller.de']])
  })

  it('notices when the server supports it', async () => {
    await expect(sender.send(letter({ to: 'ä@müller.de' }))).rejects.toMatchObject({ code: 'SMTPUTF8_NOT_OFFERED' })
    server.offerSmtpUtf8()
    await sender.send(letter({ to: 'ä@müller.de' }))
    expect(server.envelopes.at(-1)).toEqual(['ä@müller.de'])
  })

  it('is unavailable if the server cannot be asked', async () => {
    const lost = new SmtpMailSender(configFor({ NOTIFICATIONS_SMTP_URL: 'smtp://127.0.0.1:1' }), product, new ProcessMetrics())
    for (const to of ['ä@example.org', 'ä@example.org'])
      await expect(lost.send(letter({ to }))).rejects.toMatchObject({ name: 'MailUnavailable', permanent: false })
    await lost.onApplicationShutdown()
  })
})

describe('MailSender by capture', () => {
  let opened: Awaited<ReturnType<typeof openDatabase>>
  let sender: CapturedMailSender

  beforeAll(async () => {
    opened = await openDatabase({ schema: 'notifications', migrations: [createNotifications, keepHeaders], entities: [CapturedMail] })
    sender = new CapturedMailSender(opened.database, opened.databases.of('notifications').repository(CapturedMail), configFor())
  })
  afterAll(() => opened.close())

  mailSenderSuite(() => ({ sender, found: () => sender.listCaptured({ limit: 100 }) }))

  it('keeps a letter once, however often it is sent', async () => {
    const found = await sender.listCaptured({ to: 'twice@example.org', limit: 100 })
    expect(found).toHaveLength(1)
  })

  it('lists the newest first, of one recipient whatever the case', async () => {
    await sender.send(letter({ to: 'Newest@example.org', subject: 'older' }))
    await sender.send(letter({ to: 'newest@example.org', subject: 'newer' }))
    const found = await sender.listCaptured({ to: 'NEWEST@example.org', limit: 2 })
    expect(found.map(({ subject }) => subject)).toEqual(['newer', 'older'])
  })

  it('lists those of one recipient, whatever form of the address is given', async () => {
    await sender.send(letter({ to: 'ana@xn--mller-kva.de' }))
    for (const to of ['ana@müller.de', 'ANA@Müller.DE', 'ana@xn--mller-kva.de']) {
      expect(await sender.listCaptured({ to, limit: 1 })).toHaveLength(1)
    }
  })

  it('keeps the newest thousand', async () => {
    const total = async () =>
      (await opened.database.read((q) => q.query<{ count: number }>('SELECT count(*) FROM notifications.captured_mail')))[0]!.count
    const fill = `
      INSERT INTO notifications.captured_mail (id, recipient, sender, subject, text, html, sent_at)
      SELECT uuidv7(), 'old@example.org', 's', 's', 't', 'h', now() - interval '1 hour' FROM generate_series(1, 1100)`
    await opened.database.write((transaction) => transaction.query(fill))
    await sender.send(letter({ to: 'last@example.org' }))
    expect(await total()).toBe(1_000)
    expect(await sender.listCaptured({ to: 'last@example.org', limit: 1 })).toHaveLength(1)
  })
})
