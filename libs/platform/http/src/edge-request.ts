import { beginSpan } from '@kilomega/observability'
import { type Actor, anonymous, type Cancellation, CurrentCall, type Freshness, type Link, type Origin, type Trace } from '@kilomega/ports'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { edgeErrors } from './edge-errors.js'
import type { Route } from './route.js'

/** A request id accepted from a proxy or client: short, and without characters that a log or terminal could interpret. */
const safeId = /^[A-Za-z0-9._:-]{1,128}$/
const printable = /^[\x20-\x7e]{1,255}$/

export interface RequestCall {
  /** How long the handler may take. */
  budgetMs: number
  cancellation?: Cancellation
  /** What a request reads that changes nothing may come from a replica. */
  reads?: Freshness
  freshness?: string
  /** What its statements are sent for; by default the request itself. */
  origin?: Origin
}

/** What the edge knows of one request. */
export class EdgeRequest implements Link<EdgeRequest>, Origin {
  readonly trace: Trace & { traceparent: string }
  readonly startedMs = performance.now()
  actor: Actor = anonymous
  /** The route, once one has matched. Kept here because Fastify creates `routeOptions` again on every access. */
  route: Route | undefined
  routeUrl: string | undefined
  /** The call in which the handler runs, once it does. */
  current: CurrentCall | undefined
  /** How fresh the data must be, if that is kept for the caller and the request does not carry it. */
  keptFreshness: string | undefined
  statements = 0
  previous: EdgeRequest | undefined = undefined
  next: EdgeRequest | undefined = undefined

  constructor(
    headers: FastifyRequest['headers'],
    readonly reply: FastifyReply,
    readonly internal: boolean,
  ) {
    const id = headers['x-request-id']
    this.route = undefined
    this.routeUrl = undefined
    this.current = undefined
    this.keptFreshness = undefined
    const span = beginSpan(headers['traceparent'] as string | undefined)
    this.trace = { requestId: typeof id === 'string' && safeId.test(id) ? id : span.id, traceparent: span.traceparent }
  }

  /** The origin of its calls: method and pattern of the route. */
  get name(): string {
    return `${this.route?.method} ${this.routeUrl}`
  }

  match(route: Route, url: string | undefined): void {
    this.route = route
    this.routeUrl = url
  }

  /** The call in which the handler runs: until the budget is spent or the client disconnects. */
  call(headers: FastifyRequest['headers'], { budgetMs, cancellation, reads, freshness, origin = this }: RequestCall): CurrentCall {
    const key = idempotencyKey(headers['idempotency-key'])
    const { actor, trace } = this
    return new CurrentCall({ actor, trace, deadlineMs: this.startedMs + budgetMs, key, origin, cancellation, reads, freshness })
  }
}

function idempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header === 'string' && printable.test(header)) return header
  throw edgeErrors.INVALID_IDEMPOTENCY_KEY()
}

declare module 'fastify' {
  interface FastifyRequest {
    edge: EdgeRequest
  }
}
