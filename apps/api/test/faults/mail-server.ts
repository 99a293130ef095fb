import type { AddressInfo, Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface MailServerOptions {
  /** The share of mails after which it drops the connection instead of answering: they are accepted, but the sender never learns of it. */
  dropShare?: number
  /** Accepts a mail with the same Message-ID only once, as some providers do. */
  recognisesRepeats?: boolean
  /** How long it takes to accept each mail, in milliseconds. */
  takesMs?: number
  /** The replies to a mail for an address, for the first attempt and the following ones: accepted by default. */
  answer?: (address: string, time: number) => Refusal | 'reset' | undefined
}

export interface Refusal {
  code: number
  words: string
}

const messageId = /^message-id:\s*(\S+)/im

/** A real SMTP server in this process that counts the mails it accepts for each address. */
export class MailServer {
  readonly taken = new Map<string, number>()
  /** When mails for each address were attempted, in milliseconds of the monotonic clock. */
  readonly triedMs = new Map<string, number[]>()
  /** Mails that were accepted without an answer. */
  dropped = 0
  private readonly known = new Set<string>()
  private readonly sockets = new Map<number, Socket>()
  private readonly server: SMTPServer

  private constructor({ dropShare = 0, recognisesRepeats = false, takesMs = 0, answer }: MailServerOptions) {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address }, session, callback) => {
        const said = answer?.(address, this.note(address))
        if (said === 'reset') return void this.sockets.get(session.remotePort)?.resetAndDestroy()
        callback(said && Object.assign(new Error(said.words), { responseCode: said.code }))
      },
      onData: (stream, session, callback) => {
        let text = ''
        stream.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
        stream.on('end', () => {
          const [, id = ''] = messageId.exec(text) ?? []
          if (!recognisesRepeats || !this.known.has(id)) this.count(session.envelope.rcptTo.map(({ address }) => address))
          this.known.add(id)
          if (Math.random() >= dropShare) return void setTimeout(callback, takesMs)
          this.dropped += 1
          this.sockets.get(session.remotePort)?.destroy()
        })
      },
    })
    this.server.server.on('connection', (socket: Socket) => this.sockets.set(socket.remotePort!, socket))
    // A client that is killed in mid-conversation is part of the test.
    this.server.on('error', () => undefined)
  }

  static async start(options: MailServerOptions = {}): Promise<MailServer> {
    const started = new MailServer(options)
    await new Promise<void>((resolve) => started.server.listen(0, '127.0.0.1', resolve))
    return started
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`
  }

  /** Mails beyond one per address. */
  get duplicates(): number {
    return [...this.taken.values()].reduce((sum, count) => sum + count - 1, 0)
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve))
  }

  private note(address: string): number {
    const tries = this.triedMs.get(address) ?? []
    this.triedMs.set(address, [...tries, performance.now()])
    return tries.length + 1
  }

  private count(addresses: readonly string[]): void {
    for (const address of addresses) this.taken.set(address, (this.taken.get(address) ?? 0) + 1)
  }
}
