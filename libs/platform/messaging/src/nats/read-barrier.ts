import type { NatsConnection } from '@nats-io/transport-node'

/** How often the event loop's progress is recorded, in milliseconds. */
const noteEveryMs = 50
/** A longer gap between two records is a standstill, in milliseconds. A call that waited less than that has lost little, even of the shortest time budget. */
const standstillMs = 100

/**
 * Knows whether the messages that arrive now may have waited. A call carries the time it has left and not an end time, because clocks differ. So a process that was
 * stopped, or whose event loop was blocked, takes an old call for a fresh one. At the deadline the caller sends a cancellation, which may be megabytes behind the call.
 * So after a standstill the NATS server is pinged: everything that it had for this process until then arrives before its answer.
 */
export class ReadBarrier {
  private notedMs = performance.now()
  private reading: Promise<void> | undefined

  constructor(private readonly connection: NatsConnection) {
    const timer = setInterval(() => this.note(), noteEveryMs).unref()
    void connection.closed().then(() => clearInterval(timer))
  }

  /** After a standstill: a promise that resolves when everything that was sent during it has been read. Otherwise undefined. */
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
    // If the connection is lost meanwhile, nothing more arrives on it.
    const answered = this.connection.flush().catch(() => undefined)
    const reading = answered.then(() => void (this.reading === reading && (this.reading = undefined)))
    this.reading = reading
  }
}
