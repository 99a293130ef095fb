import type { FastifyReply } from 'fastify'

/** Knows the requests from their first header to the end of their answer, so that stopping knows when there are none. */
export class Traffic {
  private readonly answering = new Set<FastifyReply>()
  private closing = false
  private quiet: (() => void) | undefined

  get inFlight(): number {
    return this.answering.size
  }

  enter(reply: FastifyReply): void {
    this.answering.add(reply)
    if (this.closing) askToClose(reply)
  }

  leave(reply: FastifyReply): void {
    this.answering.delete(reply)
    if (this.answering.size === 0) this.quiet?.()
  }

  /** From now on answers ask clients to close their connection, those that are being made too. */
  close(): void {
    this.closing = true
    this.answering.forEach(askToClose)
  }

  /** Resolves when nothing is in flight, at once where nothing is. */
  async whenQuiet(): Promise<void> {
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.quiet = resolve))
  }
}

const askToClose = (reply: FastifyReply): void => void reply.header('connection', 'close')
