import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import type { Faults } from './faulty-flow.js'
import { ProxiedConnection } from './proxied-connection.js'

export interface TcpTarget {
  host?: string
  port: number
}

/**
 * Sits in front of any TCP server and does to its connections what networks do. Without a fault it passes on every byte, the end of each direction, and
 * resets. A fault applies to open and new connections, until `heal`; `reset` takes effect once.
 */
export class TcpProxy {
  private readonly faults: Faults = { hangs: false, delayMs: 0 }
  private readonly connections = new Set<ProxiedConnection>()
  private server: Server | undefined
  private acceptedCount = 0

  private constructor(
    private readonly target: Required<TcpTarget>,
    readonly port: number,
  ) {}

  /** Opens a proxy on a free port of 127.0.0.1. A target without a host is on 127.0.0.1 too. */
  static async open({ host = '127.0.0.1', port }: TcpTarget): Promise<TcpProxy> {
    const server = await listen(0)
    const proxy = new TcpProxy({ host, port }, (server.address() as AddressInfo).port)
    proxy.serveBy(server)
    return proxy
  }

  /** The number of connections that are open now. */
  get open(): number {
    return this.connections.size
  }

  /** The number of connections accepted so far: a test can check that its fault hit one. */
  get accepted(): number {
    return this.acceptedCount
  }

  /** New connections are refused, as if no server were listening. Open ones stay. */
  refuse(): void {
    this.server?.close()
    this.server = undefined
  }

  /** Breaks all open connections with a TCP reset to both sides, and returns how many. New ones are accepted. */
  reset(): number {
    for (const connection of this.connections) connection.reset()
    return this.connections.size
  }

  /** Bytes stop in both directions, and so do ends and resets. Connections stay open and new ones are accepted. Bytes sent in the meantime arrive after `heal`. */
  hang(): void {
    this.faults.hangs = true
    this.applyFaults()
  }

  /** Bytes from now on arrive this much later, in each direction; order and throughput stay the same. */
  delay(ms: number): void {
    this.faults.delayMs = ms
  }

  /** Ends all faults. Rejects if another program took the port while connections were refused. */
  async heal(): Promise<void> {
    Object.assign(this.faults, { hangs: false, delayMs: 0 })
    this.applyFaults()
    if (this.server === undefined) this.serveBy(await listen(this.port))
  }

  async close(): Promise<void> {
    this.refuse()
    for (const connection of this.connections) connection.destroy()
    while (this.connections.size > 0) await new Promise(setImmediate)
  }

  private applyFaults(): void {
    for (const connection of this.connections) connection.apply()
  }

  private serveBy(server: Server): void {
    this.server = server
    server.on('connection', (client) => {
      this.acceptedCount += 1
      this.connections.add(new ProxiedConnection(client, this.target, this.faults, (ended) => this.connections.delete(ended)))
    })
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
