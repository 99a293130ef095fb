import { smtpRefusal } from './smtp-refusal.js'

describe('the answer of a mail server', () => {
  it.each([
    ['550 no such user', { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550 }, 'SMTP_550', true],
    ['552 too large', { code: 'EMESSAGE', command: 'DATA', responseCode: 552 }, 'SMTP_552', true],
    ['451 try later', { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 451 }, 'SMTP_451', false],
    ['503 after too many', { code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 503 }, 'SMTP_503', false],
    ['a connection that breaks in the middle of a mail', { code: 'ECONNECTION', command: 'CONN' }, 'ECONNECTION', false],
  ])('about a mail is reported by its number: %s', (_, error, code, permanent) => {
    expect(smtpRefusal(error, false)).toMatchObject({ name: 'MailRefused', code, permanent })
  })

  it.each([
    ['a refused connection', { code: 'ESOCKET', command: 'CONN', message: 'connect ECONNREFUSED 127.0.0.1:1' }, 'ESOCKET'],
    ['an unknown host name', { code: 'EDNS', command: 'CONN' }, 'EDNS'],
    ['a server that does not greet', { code: 'ETIMEDOUT', command: 'CONN' }, 'ETIMEDOUT'],
    ['554 as a greeting', { code: 'EPROTOCOL', command: 'CONN', responseCode: 554 }, 'SMTP_554'],
    ['421 to EHLO', { code: 'ECONNECTION', command: 'EHLO', responseCode: 421 }, 'SMTP_421'],
    ['535 to our log-in', { code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 }, 'SMTP_535'],
  ])('before any mail does not blame the mail: %s', (_, error, code) => {
    expect(smtpRefusal(error, false)).toMatchObject({ name: 'MailUnavailable', code, permanent: false })
  })

  it('leaves the outcome unknown if the whole mail was sent and no answer came', () => {
    expect(smtpRefusal({ code: 'ETIMEDOUT', command: 'CONN' }, true)).toMatchObject({ name: 'MailOutcomeUnknown', code: 'ETIMEDOUT' })
  })

  it.each([
    ['450 4.2.0 Greylisted, please try again in 300 seconds', 300_000],
    ['421 4.7.0 Too many messages, retry after 5 minutes', 300_000],
    ['451 4.7.1 wait 1h', 3_600_000],
    ['450 4.1.1 try again later', 0],
    ['450 4.7.1 too many in 4.7.1 smtp sessions', 0],
    ['450 try again in 999999 hours', 86_400_000],
  ])('may contain a wait: %s', (response, retryAfterMs) => {
    const responseCode = Number(response.slice(0, 3))
    expect(smtpRefusal({ code: 'EENVELOPE', command: 'RCPT TO', responseCode, response }, false)).toMatchObject({ permanent: false, retryAfterMs })
  })
})
