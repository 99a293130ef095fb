import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** The protocol of nats-server consists of lines of text: this is enough of it to send JetStream a request and read the answer, without the client library. */
export class NatsLineClient {
  private buffer = ''
  private requests = 0

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text: string) => (this.buffer += text))
    socket.on('error', () => undefined)
  }

  static async open(port: number, login: { user?: string; pass?: string } = {}): Promise<NatsLineClient> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const client = new NatsLineClient(socket)
    socket.write(`CONNECT ${JSON.stringify({ verbose: false, pedantic: false, ...login })}\r\nPING\r\n`)
    await client.waitFor(/PONG|-ERR/)
    return client
  }

  /** Sends to a subject and returns the JSON of the answer. */
  async ask(subject: string, body: string): Promise<Record<string, unknown>> {
    const inbox = `_INBOX.${++this.requests}`
    this.buffer = ''
    this.socket.write(`SUB ${inbox} ${this.requests}\r\nPUB ${subject} ${inbox} ${Buffer.byteLength(body)}\r\n${body}\r\n`)
    const [, json = ''] = await this.waitFor(/MSG .*\r\n(.*)\r\n/)
    return JSON.parse(json) as Record<string, unknown>
  }

  /** Everything received since the last request. */
  get received(): string {
    return this.buffer
  }

  ping(): void {
    this.socket.write('PING\r\n')
  }

  close(): void {
    this.socket.destroy()
  }

  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.buffer)
      if (found !== null) return found
      await once(this.socket, 'data')
    }
  }
}
