import { type CapturedMail, Email } from '@kilomega/contracts'
import { z } from 'zod'

/** Refuses characters that would end a header line and start another, and all others that do not print. */
const oneLine = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\u0000-\u001f\u007f\u2028\u2029]+$/)

/** A mail to one person. Every letter is parsed by this schema, so that no driver gets text that could become another header or recipient. */
export const Letter = z.object({
  /** Permanent id of the mail, used in the Message-ID: it makes a repeat recognisable. */
  id: z.uuid(),
  /** One mailbox, written plainly: no display name, no comment, no quoted part, no list. */
  to: Email,
  subject: oneLine,
  text: z.string().min(1),
  html: z.string().min(1),
  /** A POST to this URL unsubscribes from mails like this one (RFC 8058); omitted for mails that cannot be switched off. */
  unsubscribeUrl: z
    .url({ protocol: /^https?$/ })
    .max(900)
    .regex(/^[!-;=?-~]+$/)
    .optional(),
})
export type Letter = z.infer<typeof Letter>

/** The headers of a letter that mail programs read, by name. */
export const headersOf = ({ unsubscribeUrl }: Letter): Record<string, string> => ({
  'Auto-Submitted': 'auto-generated',
  ...(unsubscribeUrl !== undefined && { 'List-Unsubscribe': `<${unsubscribeUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
})

/**
 * The mail was not accepted. `code` says why without naming anybody. If `permanent`, retrying is useless. `retryAfterMs` is how long the server asks to wait,
 * in milliseconds, if it says so.
 */
export class MailRefused extends Error {
  override readonly name: string = 'MailRefused'

  constructor(
    readonly code: string,
    readonly permanent: boolean,
    readonly retryAfterMs = 0,
  ) {
    super(`the mail was not accepted: ${code}`)
  }
}

/** No mail can be sent now: the mail server cannot be reached, or accepts none of ours. The mail is not the cause, and the next one would fail the same way. */
export class MailUnavailable extends MailRefused {
  override readonly name = 'MailUnavailable'

  constructor(code: string) {
    super(code, false)
  }
}

/** The whole mail was sent and no answer came: it may or may not have been accepted. */
export class MailOutcomeUnknown extends MailRefused {
  override readonly name = 'MailOutcomeUnknown'

  constructor(code: string) {
    super(code, false)
  }
}

/** Sends mail. */
export abstract class MailSender {
  /** Whether a letter that is sent again under its id is still delivered only once, for days. Plain SMTP does not guarantee this. */
  abstract readonly recognisesRepeats: boolean

  /**
   * Resolves when the mail was accepted for delivery. Rejects with `MailRefused` if it certainly was not, and with `MailOutcomeUnknown` if that is not known.
   * Calls `begin` when the server is ready for the letter and nothing of it has been sent; if `begin` rejects, nothing is sent and `send` rejects with the same error.
   */
  abstract send(letter: Letter, begin?: () => Promise<void>): Promise<void>

  /** The newest mails that were kept instead of sent, newest first; none if mails are really sent. */
  abstract listCaptured(query: { to?: string; limit: number }): Promise<CapturedMail[]>
}
