import { connect, type Socket } from 'node:net'
import { type Faults, FaultyFlow } from './faulty-flow.js'

/** One client connection and the matching connection to the target. */
export class ProxiedConnection {
  private readonly sockets: readonly Socket[]
  private readonly flows: readonly FaultyFlow[]
  private broken = false

  constructor(
    client: Socket,
    target: { host: string; port: number },
    private readonly faults: Faults,
    onEnd: (connection: ProxiedConnection) => void,
  ) {
    const upstream = connect({ ...target, allowHalfOpen: true })
    this.sockets = [client, upstream]
    this.flows = [new FaultyFlow(client, upstream, faults), new FaultyFlow(upstream, client, faults)]
    let closed = 0
    for (const socket of this.sockets) {
      socket.setNoDelay(true)
      socket.on('error', () => this.break())
      socket.on('close', () => ++closed === this.sockets.length && onEnd(this))
    }
  }

  /** Applies a change of the faults. */
  apply(): void {
    for (const flow of this.flows) flow.apply()
    if (this.broken) this.break()
  }

  reset(): void {
    for (const socket of this.sockets) socket.resetAndDestroy()
  }

  destroy(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  /** One side is gone. On a dead line the other side does not learn of it. */
  private break(): void {
    this.broken = true
    if (!this.faults.hangs) this.reset()
  }
}
