import { createServer, type RequestListener, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Counter } from '@kilomega/observability'
import type { HttpConfig } from '../http.config.js'
import { uploadBudgetMs } from '../limits.js'
import { Connection } from './connection.js'

/** Why a connection was cut, as the metric says it. */
type Reason = 'too-many-ahead' | 'answer-not-taken' | 'body-not-sent'

/** Idle connections are kept for a balancer that keeps them for a minute, the longest default of the usual ones. */
const keepAliveTimeout = 72_000
const headersTimeout = 15_000
/** Node looks for what is overdue twice a minute unless told otherwise. */
const connectionsCheckingInterval = 1_000

/**
 * The connections of all ports of a process. No client holds more of us than one request at work, a hundred that wait, and one answer on its way; and
 * whoever keeps us waiting is cut.
 */
export class Connections {
  private readonly open = new Map<Socket, Connection>()
  private counter: Counter | undefined

  constructor(private readonly config: HttpConfig) {}

  /** An HTTP server whose requests reach `answer` one at a time for each connection. */
  server(options: ServerOptions, answer: RequestListener): Server {
    const server = createServer({
      ...options,
      keepAliveTimeout,
      headersTimeout: Math.min(headersTimeout, this.config.budgetMs),
      requestTimeout: uploadBudgetMs,
      connectionsCheckingInterval,
    })
    server.timeout = this.config.stallMs
    return server
      .on('connection', (socket: Socket) => this.watch(socket, answer))
      .on('request', (request, response) => this.take(request.socket, response))
      .on('checkContinue', (request, response) => this.take(request.socket, response))
      .on('checkExpectation', (request, response) => this.take(request.socket, response))
      .on('timeout', (socket: Socket) => this.endIdle(socket))
  }

  /** Counts what is cut, by reason. */
  countWith(counter: Counter): void {
    this.counter = counter
  }

  sockets(): IterableIterator<Socket> {
    return this.open.keys()
  }

  /** Whether a raw answer would fall into one that has begun. */
  hasBegunToAnswer(socket: Socket): boolean {
    return this.open.get(socket)?.hasBegunToAnswer ?? false
  }

  /** Cuts who has had his answer and still sends his request, and who has taken for ever to take an answer. */
  sweep(nowMs: number): void {
    for (const [socket, connection] of this.open) {
      const { forBody, forEnd } = connection.waitedMs(nowMs)
      if (forBody > this.config.budgetMs) this.cut(socket, 'body-not-sent')
      else if (forEnd > uploadBudgetMs && connection.waitsForReader) this.cut(socket, 'answer-not-taken')
    }
  }

  private watch(socket: Socket, answer: RequestListener): void {
    this.open.set(socket, new Connection(socket, answer))
    socket.once('close', () => this.open.delete(socket))
  }

  /** What Node has read ahead still arrives after a cut. */
  private take(socket: Socket, response: ServerResponse): void {
    if (socket.destroyed) return
    if (this.open.get(socket)?.take(response) === false) this.cut(socket, 'too-many-ahead')
  }

  /** Nothing came or went for so long. A handler that takes its time is left alone. */
  private endIdle(socket: Socket): void {
    const connection = this.open.get(socket)
    if (connection?.waitsForReader) return this.cut(socket, 'answer-not-taken')
    if (!connection?.isAnswering) socket.destroy()
  }

  private cut(socket: Socket, reason: Reason): void {
    this.counter?.add(1, reason)
    socket.destroy()
  }
}
