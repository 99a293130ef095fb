import type { NatsConnection } from '@nats-io/transport-node'

/** How often it is noted that the event loop turns, milliseconds. */
const noteEveryMs = 50
/** Longer without a note is a standstill, milliseconds: what waited less than that has lost little of the shortest budget. */
const standstillMs = 100

/**
 * Knows whether what arrives now may have waited. A call tells how much time it has left and not until when, because clocks differ: a process that was
 * stopped, or whose event loop was held up, takes an old one for fresh. At the deadline its caller sends a cancel, which can lie megabytes behind the call.
 * So after a standstill the server is asked for a sign of life: all that it had for this process until then comes before its answer.
 */
export class ReadBarrier {
  private notedMs = performance.now()
  private reading: Promise<void> | undefined

  constructor(private readonly connection: NatsConnection) {
    const timer = setInterval(() => this.note(), noteEveryMs).unref()
    void connection.closed().then(() => clearInterval(timer))
  }

  /** After a standstill: resolves when what was sent during it has been read. Otherwise nothing. */
  readUp(): Promise<void> | undefined {
    if (performance.now() - this.notedMs > standstillMs) this.note()
    return this.reading
  }

  private note(): void {
    const stoodStill = performance.now() - this.notedMs > standstillMs
    this.notedMs = performance.now()
    if (stoodStill) this.read()
  }

  private read(): void {
    // A connection that is lost meanwhile has nothing more to say.
    const answered = this.connection.flush().catch(() => undefined)
    const reading = answered.then(() => void (this.reading === reading && (this.reading = undefined)))
    this.reading = reading
  }
}
