import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A real SMTP server in this process that counts the mails it takes for each address. */
export class MailServer {
  readonly taken = new Map<string, number>()
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, { envelope }, callback) => {
      stream.resume()
      stream.on('end', () => {
        for (const { address } of envelope.rcptTo) this.taken.set(address, (this.taken.get(address) ?? 0) + 1)
        callback()
      })
    },
  })

  private constructor() {
    // A client that is killed while it speaks is part of what is tested.
    this.server.on('error', () => undefined)
  }

  static async start(): Promise<MailServer> {
    const started = new MailServer()
    await new Promise<void>((resolve) => started.server.listen(0, '127.0.0.1', resolve))
    return started
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve))
  }
}
