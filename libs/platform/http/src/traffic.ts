import type { Socket } from 'node:net'
import { Chain } from '@kilomega/ports'
import type { FastifyReply } from 'fastify'
import type { EdgeRequest } from './edge-request.js'

/** Tracks each request from its first header to the end of its answer, so that a stopping process knows when none is left. */
export class Traffic {
  private readonly answering = new Chain<EdgeRequest>()
  private count = 0
  private closing = false
  private idle: (() => void) | undefined

  get inFlight(): number {
    return this.count
  }

  /** All requests that are being answered. */
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
    if (this.count === 0) this.idle?.()
  }

  /** An answer to a disconnected client never ends: Fastify gets no event for it, and a stopping process would wait in vain. */
  forget(socket: Socket): void {
    for (const request of this.answering.all()) if (request.reply.request.raw.socket === socket) this.leave(request)
  }

  /** From now on answers ask clients to close their connection, including the answers in progress. */
  close(): void {
    this.closing = true
    for (const { reply } of this.answering.all()) askToClose(reply)
  }

  /** Resolves when nothing is in flight, at once if nothing is. */
  async whenIdle(): Promise<void> {
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.idle = resolve))
  }
}

const askToClose = (reply: FastifyReply): void => void reply.header('connection', 'close')
