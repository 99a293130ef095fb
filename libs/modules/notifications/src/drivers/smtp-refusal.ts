import { MailOutcomeUnknown, MailRefused, MailUnavailable } from './mail-sender.js'

/** What nodemailer tells of a failure. */
export interface SmtpError {
  message?: string
  code?: string
  /** What was sent when it happened: `CONN`, `EHLO`, `AUTH PLAIN`, `MAIL FROM`, `RCPT TO`, `DATA`. */
  command?: string
  responseCode?: number
  /** The answer in full; it often holds the address. */
  response?: string
}

/** Before a mail is named, an answer is about us or about the server. */
const aboutTheMail = /^(MAIL FROM|RCPT TO|DATA)$/
const unreached = /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN/
const retryIn = /(?:again|retry|wait|after|in)\D{0,24}?(\d{1,6})\s*(s(?:ec\w*)?|m(?:in\w*)?|h(?:ours?)?)\b/i
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }
/** As long as mails are tried at all, milliseconds. */
const longestMs = 86_400_000

/**
 * What servers answer often holds the address: only their numbers go on. 5xx about a mail is for good. A connection that was refused, or ended before it took any mail
 * of ours, a silent server and a log-in that fails say nothing about the mail.
 */
export function smtpRefusal(error: SmtpError, handedOver: boolean): MailRefused {
  const { code = 'SMTP_UNKNOWN', command = '', responseCode } = error
  if (responseCode !== undefined && aboutTheMail.test(command))
    return new MailRefused(`SMTP_${responseCode}`, responseCode >= 500 && responseCode !== 503, retryAfterMs(error))
  if (handedOver) return new MailOutcomeUnknown(code)
  const name = responseCode === undefined ? code : `SMTP_${responseCode}`
  return isAway(error) ? new MailUnavailable(name) : new MailRefused(name, false)
}

/** A connection that breaks in the midst of a mail may be that mail's doing: it costs a try. */
function isAway({ code = '', responseCode, message = '' }: SmtpError): boolean {
  return responseCode !== undefined || ['EDNS', 'ETIMEDOUT', 'ETLS', 'EAUTH', 'EPROTOCOL'].includes(code) || unreached.test(message)
}

/** SMTP has no field for it, so servers say it in words: `450 4.2.0 Greylisted, please try again in 300 seconds`. */
function retryAfterMs({ response = '' }: SmtpError): number {
  const [, count, unit] = retryIn.exec(response.slice(0, 512)) ?? []
  return count === undefined ? 0 : Math.min(longestMs, Number(count) * unitMs[unit!.charAt(0).toLowerCase()]!)
}
