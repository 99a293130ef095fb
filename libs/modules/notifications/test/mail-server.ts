import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { FoundMail } from '../src/drivers/mail-sender.suite.js'

interface TakenMail {
  recipients: string[]
  bytes: Buffer
}

/** A real SMTP server in this process that keeps accepted mails, and refuses some on demand. */
export class MailServer {
  mostConnections = 0
  private readonly taken: TakenMail[] = []
  private readonly sockets = new Set<Socket>()
  private readonly silent: Server[] = []
  private readonly server: SMTPServer
  private refusal: { responseCode: number; words: string } | undefined
  private recipientsHeld: Promise<void> | undefined
  private recipientAsked: (() => void) | undefined

  private constructor(options: SMTPServerOptions) {
    this.server = new SMTPServer({
      ...options,
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address }, _, callback) => void this.answerRecipient(address, callback),
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          this.taken.push({ recipients: session.envelope.rcptTo.map(({ address }) => address), bytes: Buffer.concat(chunks) })
          callback()
        })
      },
    })
    this.server.server.on('connection', (socket: Socket) => this.count(socket))
    // Tests cut clients off.
    this.server.on('error', () => undefined)
  }

  static async start(options: SMTPServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(options)
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get url(): string {
    return urlOf(this.server.server)
  }

  get envelopes(): string[][] {
    return this.taken.map(({ recipients }) => recipients)
  }

  mails(): Promise<FoundMail[]> {
    return Promise.all(this.taken.map(({ bytes }) => read(bytes)))
  }

  /** The next recipient is refused with this answer. */
  refuseNext(responseCode: number, words = 'was refused'): void {
    this.refusal = { responseCode, words }
  }

  /** From now on recipients wait for an answer; `answer` answers all of them, and `asked` resolves when the first one waits. */
  holdRecipients(): { asked: Promise<void>; answer: () => void } {
    let answer!: () => void
    const answered = new Promise<void>((resolve) => (answer = resolve))
    const asked = new Promise<void>((resolve) => (this.recipientAsked = resolve))
    this.recipientsHeld = answered
    return { asked, answer: () => ((this.recipientsHeld = undefined), answer()) }
  }

  /** Applies to new connections. */
  offerSmtpUtf8(): void {
    this.server.options.hideSMTPUTF8 = false
    this.dropConnections()
  }

  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  /** A server that accepts connections and sends nothing. */
  async silentUrl(): Promise<string> {
    const server = createServer((socket) => this.count(socket))
    this.silent.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return urlOf(server)
  }

  async stop(): Promise<void> {
    this.dropConnections()
    for (const server of this.silent) server.close()
    await new Promise<void>((resolve) => this.server.close(resolve))
  }

  private async answerRecipient(address: string, callback: (error: Error | null) => void): Promise<void> {
    this.recipientAsked?.()
    await this.recipientsHeld
    callback(this.nextRefusal(address))
  }

  private nextRefusal(address: string): Error | null {
    if (this.refusal === undefined) return null
    const { responseCode, words } = this.refusal
    const error = Object.assign(new Error(`<${address}> ${words}`), { responseCode })
    this.refusal = undefined
    return error
  }

  private count(socket: Socket): void {
    this.sockets.add(socket)
    socket.on('close', () => this.sockets.delete(socket))
    this.mostConnections = Math.max(this.mostConnections, this.sockets.size)
  }
}

const urlOf = (server: Server): string => `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`

async function read(bytes: Buffer): Promise<FoundMail> {
  const { messageId, to, from, subject, text, html, headerLines } = await simpleParser(bytes)
  const recipient = Array.isArray(to) ? to[0] : to
  return {
    id: messageId!.slice(1, messageId!.indexOf('@')),
    to: recipient!.value.map(({ address }) => address).join(','),
    from: from!.value.map(({ address }) => address).join(','),
    subject: subject!,
    text: text!,
    html: html as string,
    headers: Object.fromEntries(headerLines.map(({ line }) => [line.slice(0, line.indexOf(':')), unfolded(line.slice(line.indexOf(':') + 1))])),
  }
}

const unfolded = (value: string): string => value.replace(/\r?\n(?=[ \t])/g, '').trim()
