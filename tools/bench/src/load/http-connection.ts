import { connect, type Socket } from 'node:net'

const headEnd = Buffer.from('\r\n\r\n')
const okay = /^HTTP\/1\.1 2\d\d /
const lengthField = /\r\ncontent-length: (\d+)/i

/**
 * One keep-alive connection that repeats the same request. It supports just enough HTTP for that (answers with a content-length), so that the load
 * costs less than the server under test.
 */
export class HttpConnection {
  private received: Buffer = Buffer.alloc(0)
  private answered: (error?: Error) => void = () => undefined

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.take(chunk))
    socket.on('error', (error) => this.answered(error))
    socket.on('close', () => this.answered(new Error('the server closed the connection')))
  }

  static async open(host: string, port: number): Promise<HttpConnection> {
    const socket = connect(port, host)
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new HttpConnection(socket)
  }

  ask(request: Buffer, answered: (error?: Error) => void): void {
    this.answered = answered
    this.socket.write(request)
  }

  close(): void {
    this.answered = () => undefined
    this.socket.destroy()
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk])
    const headLength = this.received.indexOf(headEnd)
    if (headLength < 0) return
    const head = this.received.toString('latin1', 0, headLength)
    const [, length] = lengthField.exec(head) ?? []
    if (length === undefined || !okay.test(head)) return this.answered(new Error(`an answer that was not expected:\n${this.received.toString()}`))
    if (this.received.length < headLength + headEnd.length + Number(length)) return
    this.received = Buffer.alloc(0)
    this.answered()
  }
}
