import type { RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Requests that a client may send before it has its earlier answers; each takes 3 KB. One read from the socket, 64 KiB, can hold 2,400 of them, and Node
 * parses them all.
 */
const maxAhead = 100

/** One connection. Its requests are answered one at a time: those sent ahead wait, and no more are read until their turn. */
export class Connection {
  private answering: ServerResponse | undefined
  private readonly ahead: ServerResponse[] = []
  /** The answer in progress at the last check, and when it was first seen. */
  private seen: { answer: ServerResponse; sinceMs: number } | undefined

  constructor(
    private readonly socket: Socket,
    private readonly answer: RequestListener,
  ) {}

  /** Whether a handler is running or bytes of its answer still have to be sent. */
  get isAnswering(): boolean {
    return this.answering !== undefined && !this.answering.writableFinished
  }

  /** Whether part of the answer is waiting for the client to read it. */
  get waitsForReader(): boolean {
    return this.socket.writableLength > 0
  }

  /** Whether the head of an answer has been sent: nothing else may be written then. */
  get hasStartedAnswering(): boolean {
    return this.isAnswering && this.answering!.headersSent
  }

  /** Answers now, or when its turn comes. False if the client has sent too many ahead. */
  accept(response: ServerResponse): boolean {
    if (this.isAnswering || this.ahead.length > 0) return this.queue(response)
    this.start(response)
    return true
  }

  /** In milliseconds: how long the client has kept us waiting for the rest of a request that has been answered, or for the end of an answer. */
  waitedMs(nowMs: number): { forBody: number; forEnd: number } {
    const { answering: answer } = this
    if (answer === undefined || (answer.req.complete && answer.writableFinished)) this.seen = undefined
    else if (answer !== this.seen?.answer) this.seen = { answer, sinceMs: nowMs }
    const waitedMs = nowMs - (this.seen?.sinceMs ?? nowMs)
    return this.isAnswering ? { forBody: 0, forEnd: waitedMs } : { forBody: waitedMs, forEnd: 0 }
  }

  private start(response: ServerResponse): void {
    this.answering = response
    this.answer(response.req, response)
  }

  private queue(response: ServerResponse): boolean {
    if (this.ahead.length >= maxAhead) return false
    if (this.ahead.push(response) === 1) this.continueAfter(this.answering!)
    this.socket.pause()
    return true
  }

  /** Node resumes reading when an answer ends, hence the pause. The next request starts in a later turn of the event loop, so that other clients get theirs in between. */
  private continueAfter(answer: ServerResponse): void {
    answer.once('close', () => {
      this.socket.pause()
      setImmediate(() => this.startNext())
    })
  }

  private startNext(): void {
    const response = this.ahead.shift()
    if (response === undefined || this.socket.destroyed) return
    if (this.ahead.length > 0) this.continueAfter(response)
    else this.socket.resume()
    this.start(response)
  }
}
