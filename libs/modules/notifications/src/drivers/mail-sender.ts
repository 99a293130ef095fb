import { type CapturedMail, Email } from '@kilomega/contracts'
import { z } from 'zod'

/** What would end a header line and begin another, and everything else that does not print. */
const oneLine = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\u0000-\u001f\u007f\u2028\u2029]+$/)

/** A mail to one person. Whoever makes one passes it through this schema, so that no driver sees what could become another header or recipient. */
export const Letter = z.object({
  /** Names the mail for good: sending it again is recognisable by it (the Message-ID). */
  id: z.uuid(),
  /** One mailbox, written plainly: no display name, no comment, no quoted part, no list. */
  to: Email,
  subject: oneLine,
  text: z.string().min(1),
  html: z.string().min(1),
  /** Where a POST ends mails like this one (RFC 8058); absent where nobody has the choice. */
  unsubscribeUrl: z
    .url({ protocol: /^https?$/ })
    .max(900)
    .regex(/^[!-;=?-~]+$/)
    .optional(),
})
export type Letter = z.infer<typeof Letter>

/** What a letter says to programs, by name of the header. */
export const headersOf = ({ unsubscribeUrl }: Letter): Record<string, string> => ({
  'Auto-Submitted': 'auto-generated',
  ...(unsubscribeUrl !== undefined && { 'List-Unsubscribe': `<${unsubscribeUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
})

/**
 * The mail was not taken. `code` says why without naming anybody; where `permanent`, trying again is no use. `retryAfterMs` is how long the server asks to wait, where
 * it says so.
 */
export class MailRefused extends Error {
  override readonly name: string = 'MailRefused'

  constructor(
    readonly code: string,
    readonly permanent: boolean,
    readonly retryAfterMs = 0,
  ) {
    super(`the mail was not taken: ${code}`)
  }
}

/** Nobody could be given the mail: what brings it cannot be reached, or takes none of ours. That is no fault of the mail, and the next one would find the same. */
export class MailUnavailable extends MailRefused {
  override readonly name = 'MailUnavailable'

  constructor(code: string) {
    super(code, false)
  }
}

/** All of the mail was handed over, and no answer came: it may have been taken, and it may not. */
export class MailOutcomeUnknown extends MailRefused {
  override readonly name = 'MailOutcomeUnknown'

  constructor(code: string) {
    super(code, false)
  }
}

/** Brings mail to people. */
export abstract class MailSender {
  /** Whether a letter that is sent again under its id is delivered once all the same, for days. Plain SMTP promises nothing of the kind. */
  abstract readonly recognisesRepeats: boolean

  /**
   * Resolves when the mail was taken for delivery. Rejects with `MailRefused` where it certainly was not, and with `MailOutcomeUnknown` where nobody knows.
   * Asks `begin` when the receiver waits for the letter and nothing of it has left; where `begin` rejects, nothing leaves, and `send` rejects with the same.
   */
  abstract send(letter: Letter, begin?: () => Promise<void>): Promise<void>

  /** The newest mails that were kept instead of sent, newest first; none where mails are really sent. */
  abstract listCaptured(query: { to?: string; limit: number }): Promise<CapturedMail[]>
}
