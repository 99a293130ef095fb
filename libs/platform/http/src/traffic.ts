import type { Socket } from 'node:net'
import { Chain } from '@kilomega/ports'
import type { FastifyReply } from 'fastify'
import type { EdgeRequest } from './edge-request.js'

/** Knows the requests from their first header to the end of their answer, so that stopping knows when there are none. */
export class Traffic {
  private readonly answering = new Chain<EdgeRequest>()
  private count = 0
  private closing = false
  private quiet: (() => void) | undefined

  get inFlight(): number {
    return this.count
  }

  /** All that are being answered. */
  requests(): EdgeRequest[] {
    return this.answering.all()
  }

  enter(request: EdgeRequest): void {
    this.answering.add(request)
    this.count += 1
    if (this.closing) askToClose(request.reply)
  }

  leave(request: EdgeRequest): void {
    if (!this.answering.has(request)) return
    this.answering.remove(request)
    this.count -= 1
    if (this.count === 0) this.quiet?.()
  }

  /** Answers to a client that has gone never come to their end: Fastify hears nothing of them, and stopping would wait for them in vain. */
  forget(socket: Socket): void {
    for (const request of this.answering.all()) if (request.reply.request.raw.socket === socket) this.leave(request)
  }

  /** From now on answers ask clients to close their connection, those that are being made too. */
  close(): void {
    this.closing = true
    for (const { reply } of this.answering.all()) askToClose(reply)
  }

  /** Resolves when nothing is in flight, at once where nothing is. */
  async whenQuiet(): Promise<void> {
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.quiet = resolve))
  }
}

const askToClose = (reply: FastifyReply): void => void reply.header('connection', 'close')
