import { createServer, type RequestListener, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Counter } from '@kilomega/observability'
import type { HttpConfig } from '../http.config.js'
import { uploadBudgetMs } from '../limits.js'
import { Connection } from './connection.js'

/** Why a connection was cut, as labelled in the metric. */
type Reason = 'too-many-ahead' | 'answer-not-taken' | 'body-not-sent'

/** In milliseconds: how long an idle connection is kept. Longer than a load balancer keeps its side: a minute is the longest of the usual defaults. */
const keepAliveTimeout = 72_000
const headersTimeout = 15_000
/** In milliseconds. By default Node looks for overdue requests only twice a minute. */
const connectionsCheckingInterval = 1_000

/**
 * The connections of all ports of a process. Each client can hold at most one running request, a hundred waiting ones, and one answer being sent. A client
 * that keeps us waiting is cut off.
 */
export class Connections {
  private readonly open = new Map<Socket, Connection>()
  private counter: Counter | undefined

  constructor(private readonly config: HttpConfig) {}

  /** An HTTP server whose requests reach `answer` one at a time per connection. */
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
      .on('request', (request, response) => this.accept(request.socket, response))
      .on('checkContinue', (request, response) => this.accept(request.socket, response))
      .on('checkExpectation', (request, response) => this.accept(request.socket, response))
      .on('timeout', (socket: Socket) => this.endIdle(socket))
  }

  /** Counts the connections that are cut, by reason. */
  countWith(counter: Counter): void {
    this.counter = counter
  }

  sockets(): IterableIterator<Socket> {
    return this.open.keys()
  }

  /** Whether an answer written to the raw socket would be mixed into one that has started. */
  hasStartedAnswering(socket: Socket): boolean {
    return this.open.get(socket)?.hasStartedAnswering ?? false
  }

  /** Cuts clients that have their answer but still have not sent the whole request, and clients that do not finish reading an answer. */
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

  /** Requests that Node has already read still arrive after a cut. */
  private accept(socket: Socket, response: ServerResponse): void {
    if (socket.destroyed) return
    if (this.open.get(socket)?.accept(response) === false) this.cut(socket, 'too-many-ahead')
  }

  /** No bytes have been transferred for the length of the timeout. A handler that takes its time is left alone. */
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
