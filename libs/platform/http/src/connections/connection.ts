import type { RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Requests that a client may send ahead of its answers; each of them takes 3 KB. One read of a socket, 64 KiB, can bring 2,400, and Node reads them all. */
const maxAhead = 100

/** One connection, whose requests are answered one at a time: those that came ahead wait, and no more are read until their turn has come. */
export class Connection {
  private answering: ServerResponse | undefined
  private readonly ahead: ServerResponse[] = []
  /** What was being answered at the last look, and since when. */
  private seen: { answer: ServerResponse; sinceMs: number } | undefined

  constructor(
    private readonly socket: Socket,
    private readonly answer: RequestListener,
  ) {}

  /** Whether a handler is at work or bytes of its answer are still to leave. */
  get isAnswering(): boolean {
    return this.answering !== undefined && !this.answering.writableFinished
  }

  /** Whether a part of the answer waits until the client takes it. */
  get waitsForReader(): boolean {
    return this.socket.writableLength > 0
  }

  /** Whether the head of an answer has left: nothing else may be written then. */
  get hasBegunToAnswer(): boolean {
    return this.isAnswering && this.answering!.headersSent
  }

  /** Answers now or when its turn has come. False where the client has sent too many ahead. */
  take(response: ServerResponse): boolean {
    if (this.isAnswering || this.ahead.length > 0) return this.keep(response)
    this.begin(response)
    return true
  }

  /** How long the client has kept us waiting for the rest of a request that is answered, or for the end of an answer, milliseconds. */
  waitedMs(nowMs: number): { forBody: number; forEnd: number } {
    const { answering: answer } = this
    if (answer === undefined || (answer.req.complete && answer.writableFinished)) this.seen = undefined
    else if (answer !== this.seen?.answer) this.seen = { answer, sinceMs: nowMs }
    const waitedMs = nowMs - (this.seen?.sinceMs ?? nowMs)
    return this.isAnswering ? { forBody: 0, forEnd: waitedMs } : { forBody: waitedMs, forEnd: 0 }
  }

  private begin(response: ServerResponse): void {
    this.answering = response
    this.answer(response.req, response)
  }

  private keep(response: ServerResponse): boolean {
    if (this.ahead.length >= maxAhead) return false
    if (this.ahead.push(response) === 1) this.goOnAfter(this.answering!)
    this.socket.pause()
    return true
  }

  /** Node reads on when an answer has ended, hence the pause. Not at once, so that others have their turn between two requests of this client. */
  private goOnAfter(answer: ServerResponse): void {
    answer.once('close', () => {
      this.socket.pause()
      setImmediate(() => this.goOn())
    })
  }

  private goOn(): void {
    const response = this.ahead.shift()
    if (response === undefined || this.socket.destroyed) return
    if (this.ahead.length > 0) this.goOnAfter(response)
    else this.socket.resume()
    this.begin(response)
  }
}
