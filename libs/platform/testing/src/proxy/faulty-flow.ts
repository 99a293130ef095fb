import type { Socket } from 'node:net'

/** What is wrong at the moment, for all connections of a proxy. */
export interface Faults {
  hangs: boolean
  delayMs: number
}

interface Waiting {
  /** Undefined is the end of what the source has to say. */
  chunk: Buffer | undefined
  dueMs: number
}

/** The bytes of one direction of a connection: in order, each as late as the fault of the moment at which it came wants. */
export class FaultyFlow {
  private readonly waiting: Waiting[] = []
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly source: Socket,
    private readonly sink: Socket,
    private readonly faults: Faults,
  ) {
    source.on('data', (chunk: Buffer) => this.take(chunk))
    source.on('end', () => this.take(undefined))
    sink.on('close', () => clearTimeout(this.timer))
    sink.on('drain', () => this.apply())
    this.apply()
  }

  /** Follows a change of the faults. What is not read stays with the sender, whose window fills, as on a line that is dead. */
  apply(): void {
    if (this.faults.hangs) this.source.pause()
    else this.source.resume()
    this.pass()
  }

  private take(chunk: Buffer | undefined): void {
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
