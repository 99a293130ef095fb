import { MailOutcomeUnknown, MailRefused, MailUnavailable } from './mail-sender.js'

/** A failure as nodemailer reports it. */
export interface SmtpError {
  message?: string
  code?: string
  /** The command that failed: `CONN`, `EHLO`, `AUTH PLAIN`, `MAIL FROM`, `RCPT TO`, `DATA`. */
  command?: string
  responseCode?: number
  /** The full answer; it often contains the address. */
  response?: string
}

/** Answers to earlier commands are about us or about the server, not about a mail. */
const aboutTheMail = /^(MAIL FROM|RCPT TO|DATA)$/
const unreached = /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN/
const retryIn = /(?:again|retry|wait|after|in)\D{0,24}?(\d{1,6})\s*(s(?:ec\w*)?|m(?:in\w*)?|h(?:ours?)?)\b/i
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }
/** The longest wait that is respected, in milliseconds: a day, for which mails are retried by default. */
const longestMs = 86_400_000

/**
 * Answers of servers often contain the address, so only their numbers are kept. 5xx about a mail is permanent. A connection that is refused or closed before
 * it accepted any mail of ours, a silent server, and a failed log-in say nothing about the mail.
 */
export function smtpRefusal(error: SmtpError, dataSent: boolean): MailRefused {
  const { code = 'SMTP_UNKNOWN', command = '', responseCode } = error
  if (responseCode !== undefined && aboutTheMail.test(command))
    return new MailRefused(`SMTP_${responseCode}`, responseCode >= 500 && responseCode !== 503, retryAfterMs(error))
  if (dataSent) return new MailOutcomeUnknown(code)
  const name = responseCode === undefined ? code : `SMTP_${responseCode}`
  return isAway(error) ? new MailUnavailable(name) : new MailRefused(name, false)
}

/** A connection that breaks in the middle of a mail may be caused by that mail, so it counts as an attempt. */
function isAway({ code = '', responseCode, message = '' }: SmtpError): boolean {
  return responseCode !== undefined || ['EDNS', 'ETIMEDOUT', 'ETLS', 'EAUTH', 'EPROTOCOL'].includes(code) || unreached.test(message)
}

/** SMTP has no field for the wait, so servers say it in words: `450 4.2.0 Greylisted, please try again in 300 seconds`. */
function retryAfterMs({ response = '' }: SmtpError): number {
  const [, count, unit] = retryIn.exec(response.slice(0, 512)) ?? []
  return count === undefined ? 0 : Math.min(longestMs, Number(count) * unitMs[unit!.charAt(0).toLowerCase()]!)
}
