import { parseConnectionUrl } from 'nodemailer/lib/shared'
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection'

/** The line in the server's answer to EHLO (RFC 6531, section 3.1). */
const smtpUtf8Line = /^250[ -]SMTPUTF8\s*$/im

/**
 * Checks whether a mail server accepts addresses in other scripts. A server that does not may deliver such a mail to somebody else, and the transport reports
 * the server's capabilities only after the first mail. So the server is asked on a separate connection, before the first such mail, and again for each one
 * until it accepts them.
 */
export class InternationalMail {
  private answer: Promise<boolean> | undefined

  constructor(
    private readonly url: string,
    private readonly timeouts: SMTPConnectionOptions,
  ) {}

  /** Rejects with an error of the transport if the server cannot be asked. */
  async isOffered(): Promise<boolean> {
    const answer = (this.answer ??= this.ask())
    try {
      const isOffered = await answer
      if (!isOffered) this.forget(answer)
      return isOffered
    } catch (error) {
      this.forget(answer)
      throw error
    }
  }

  private forget(answer: Promise<boolean>): void {
    if (this.answer === answer) this.answer = undefined
  }

  private async ask(): Promise<boolean> {
    const connection = new SMTPConnection({ ...(parseConnectionUrl(this.url) as SMTPConnectionOptions), ...this.timeouts })
    try {
      await new Promise<void>((resolve, reject) => {
        connection.on('error', reject)
        connection.connect((error) => (error === undefined || error === null ? resolve() : reject(error)))
      })
      return smtpUtf8Line.test(String(connection.lastServerResponse))
    } finally {
      connection.close()
    }
  }
}
