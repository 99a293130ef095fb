import { parseConnectionUrl } from 'nodemailer/lib/shared'
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection'

/** How the server names it in its answer to EHLO (RFC 6531, section 3.1). */
const named = /^250[ -]SMTPUTF8\s*$/im

/**
 * Whether a mail server takes addresses of other scripts. A server that does not may bring such a mail to somebody else, and the transport tells what it
 * can do after the first mail alone; so it is asked on a connection of its own, before the first such mail, and again for each one until it can.
 */
export class InternationalMail {
  private asked: Promise<boolean> | undefined

  constructor(
    private readonly url: string,
    private readonly timeouts: SMTPConnectionOptions,
  ) {}

  /** Rejects with an error of the transport where the server cannot be asked. */
  async isOffered(): Promise<boolean> {
    const asked = (this.asked ??= this.ask())
    try {
      const isOffered = await asked
      if (!isOffered) this.forget(asked)
      return isOffered
    } catch (error) {
      this.forget(asked)
      throw error
    }
  }

  private forget(asked: Promise<boolean>): void {
    if (this.asked === asked) this.asked = undefined
  }

  private async ask(): Promise<boolean> {
    const connection = new SMTPConnection({ ...(parseConnectionUrl(this.url) as SMTPConnectionOptions), ...this.timeouts })
    try {
      await new Promise<void>((resolve, reject) => {
        connection.on('error', reject)
        connection.connect((error) => (error === undefined || error === null ? resolve() : reject(error)))
      })
      return named.test(String(connection.lastServerResponse))
    } finally {
      connection.close()
    }
  }
}
