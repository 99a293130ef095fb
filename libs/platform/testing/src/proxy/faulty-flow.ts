import type { Socket } from 'node:net'

/** The faults in force at the moment, for all connections of a proxy. */
export interface Faults {
  hangs: boolean
  delayMs: number
}

interface Waiting {
  /** Undefined marks the end of the data from the source. */
  chunk: Buffer | undefined
  dueMs: number
}

/** The bytes of one direction of a connection, in order, each delayed by the fault in force when it arrived. */
export class FaultyFlow {
  private readonly waiting: Waiting[] = []
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly source: Socket,
    private readonly sink: Socket,
    private readonly faults: Faults,
  ) {
    source.on('data', (chunk: Buffer) => this.receive(chunk))
    source.on('end', () => this.receive(undefined))
    sink.on('close', () => clearTimeout(this.timer))
    sink.on('drain', () => this.apply())
    this.apply()
  }

  /** Applies a change of the faults. Bytes that are not read stay with the sender, whose window fills up, as on a dead line. */
  apply(): void {
    if (this.faults.hangs) this.source.pause()
    else this.source.resume()
    this.pass()
  }

  private receive(chunk: Buffer | undefined): void {
    this.waiting.push({ chunk, dueMs: performance.now() + this.faults.delayMs })
    this.pass()
  }

  private pass(): void {
    clearTimeout(this.timer)
    for (let next = this.waiting[0]; next !== undefined && !this.faults.hangs; next = this.waiting[0]) {
      const leftMs = next.dueMs - performance.now()
      if (leftMs > 0) {
        this.timer = setTimeout(() => this.pass(), leftMs)
        return
      }
      this.waiting.shift()
      this.send(next.chunk)
    }
  }

  private send(chunk: Buffer | undefined): void {
    if (this.sink.destroyed) return
    if (chunk === undefined) this.sink.end()
    else if (!this.sink.write(chunk)) this.source.pause()
  }
}
