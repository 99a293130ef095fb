import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hasBody, type Outcome, passOn } from './pass-on.js'
import { Readiness } from './readiness.js'

export interface Backend {
  /** `http://127.0.0.1:3000` */
  url: string
  /** Answers 2xx while the backend accepts requests. */
  readyUrl: string
}

/** Counts of attempts at backends, except `retried` (attempts after the first) and `noBackend` (requests for which no backend was ready, or none was left to try). */
export type BalancerCounts = Record<Outcome | 'retried' | 'noBackend', number>

interface Member {
  url: string
  readiness: Readiness
  answered: number
}

/**
 * A reverse proxy that follows readiness, as a load balancer does: it checks every 50 ms whether each backend is ready, and gives requests in turn to those
 * that are, over persistent connections. A request without a body is retried at another backend if its connection was refused; a GET or HEAD also if the
 * connection ended before the first byte of an answer. Nothing else is sent twice: the client gets 502.
 */
export class HttpBalancer {
  readonly counts: BalancerCounts = { answered: 0, broken: 0, abandoned: 0, refused: 0, unanswered: 0, retried: 0, noBackend: 0 }
  private readonly members: Member[] = []
  private readonly agent = new Agent({ keepAlive: true })
  private turn = 0

  private constructor(
    private readonly server: Server,
    /** `http://127.0.0.1:<port>` */
    readonly url: string,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.serve(request, response))
  }

  /** Opens a balancer on a free port of 127.0.0.1. */
  static async open(backends: readonly Backend[] = []): Promise<HttpBalancer> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const balancer = new HttpBalancer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    for (const backend of backends) balancer.add(backend)
    return balancer
  }

  /** The backend gets requests as soon as it has been found ready. */
  add({ url, readyUrl }: Backend): void {
    this.members.push({ url, readiness: new Readiness(readyUrl, this.agent), answered: 0 })
  }

  /** The backend gets no new requests; those in progress run to the end. */
  remove(url: string): void {
    const index = this.members.findIndex((member) => member.url === url)
    if (index === -1) throw new Error(`${url} is not a backend`)
    this.members.splice(index, 1)[0]!.readiness.stop()
  }

  /** The backends that get requests now. */
  ready(): string[] {
    return this.members.filter(({ readiness }) => readiness.isReady()).map(({ url }) => url)
  }

  /** How many requests a backend has answered; 0 for one that was removed. */
  answeredBy(url: string): number {
    return this.members.find((member) => member.url === url)?.answered ?? 0
  }

  /** Aborts all requests in progress. */
  async close(): Promise<void> {
    for (const { readiness } of this.members) readiness.stop()
    const closed = once(this.server, 'close')
    this.server.close()
    this.server.closeAllConnections()
    this.agent.destroy()
    await closed
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const tried = new Set<Member>()
    for (;;) {
      const member = this.next(tried)
      if (member === undefined) return this.refuse(response, tried.size === 0 ? 503 : 502)
      if (tried.size > 0) this.counts.retried += 1
      tried.add(member)
      const outcome = await passOn(member.url, request, response, this.agent)
      this.counts[outcome] += 1
      if (outcome === 'answered') member.answered += 1
      if (outcome === 'answered' || outcome === 'abandoned' || response.headersSent) return
      if (!mayRepeat(request, outcome)) return this.answer(response, 502)
    }
  }

  private next(tried: ReadonlySet<Member>): Member | undefined {
    const candidates = this.members.filter((member) => member.readiness.isReady() && !tried.has(member))
    // A retry does not advance the turn: otherwise a backend that hangs up would be the first for every request.
    return candidates[(tried.size === 0 ? this.turn++ : this.turn) % candidates.length]
  }

  private refuse(response: ServerResponse, status: number): void {
    this.counts.noBackend += 1
    this.answer(response, status)
  }

  private answer(response: ServerResponse, status: number): void {
    response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 503 ? 'no backend is ready\n' : 'no answer from the backend\n')
  }
}

/** The bytes of a body are gone after the first attempt. */
function mayRepeat(request: IncomingMessage, outcome: Outcome): boolean {
  if (hasBody(request)) return false
  return outcome === 'refused' || (outcome === 'unanswered' && (request.method === 'GET' || request.method === 'HEAD'))
}
