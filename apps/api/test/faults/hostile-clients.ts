import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const byteEveryMs = 1_000

/** Sockets that do what no well-behaved client does. */
export class HostileClients {
  readonly sockets: Socket[] = []
  /** The status lines of the answers that were read. */
  readonly heads: string[] = []
  private readonly timers: NodeJS.Timeout[] = []

  constructor(private readonly url: string) {}

  /** Sends everything at once and never reads. */
  async pipeline(count: number, bytes: string): Promise<void> {
    for (const socket of await this.connect(count)) socket.write(bytes)
  }

  /** Sends a start, then one byte per second. */
  async writeSlowly(count: number, start: string): Promise<void> {
    const sockets = await this.connect(count)
    for (const socket of sockets) {
      socket.write(start)
      socket.once('data', (bytes: Buffer) => this.heads.push(bytes.toString().split('\r\n', 1)[0]!))
    }
    this.timers.push(setInterval(() => sockets.forEach((socket) => socket.writable && socket.write('x')), byteEveryMs))
  }

  /** Sends a request, then reads one kilobyte per second. */
  async readSlowly(count: number, request: string): Promise<void> {
    const sockets = await this.connect(count)
    for (const socket of sockets) socket.write(request)
    this.timers.push(setInterval(() => sockets.forEach((socket) => socket.read(1_024)), byteEveryMs))
  }

  /** Sends the same request again as soon as it is answered. */
  async repeat(count: number, request: string): Promise<void> {
    for (const socket of await this.connect(count)) {
      socket.on('data', () => socket.writable && socket.write(request))
      socket.write(request)
    }
  }

  close(): void {
    this.timers.forEach((timer) => clearInterval(timer))
    this.sockets.forEach((socket) => socket.destroy())
  }

  private async connect(count: number): Promise<Socket[]> {
    const { hostname, port } = new URL(this.url)
    const sockets = Array.from({ length: count }, () => connect(Number(port), hostname).on('error', () => undefined))
    this.sockets.push(...sockets)
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    return sockets
  }
}
