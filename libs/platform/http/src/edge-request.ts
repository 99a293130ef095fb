import { beginSpan } from '@kilomega/observability'
import { type Actor, anonymous, type Cancellation, CurrentCall, type Link, type Trace } from '@kilomega/ports'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { edgeErrors } from './edge-errors.js'
import type { Route } from './route.js'

/** What a proxy or a client may call a request: short, and nothing that could mean something to a log or a terminal. */
const saneId = /^[A-Za-z0-9._:-]{1,128}$/
const printable = /^[\x20-\x7e]{1,255}$/

/** What the edge knows of one request. */
export class EdgeRequest implements Link<EdgeRequest> {
  readonly trace: Trace & { traceparent: string }
  readonly startedMs = performance.now()
  actor: Actor = anonymous
  /** What matched, once it did: `routeOptions` of a request is made anew each time that it is looked at. */
  route: Route | undefined
  routeUrl: string | undefined
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
    const span = beginSpan(headers['traceparent'] as string | undefined)
    this.trace = { requestId: typeof id === 'string' && saneId.test(id) ? id : span.id, traceparent: span.traceparent }
  }

  match(route: Route, url: string | undefined): void {
    this.route = route
    this.routeUrl = url
  }

  /** The call as which the handler runs: until the budget is spent or the client goes away. */
  call(headers: FastifyRequest['headers'], budgetMs: number, cancellation?: Cancellation): CurrentCall {
    const key = idempotencyKey(headers['idempotency-key'])
    const { actor, trace } = this
    return new CurrentCall({ actor, trace, deadlineMs: this.startedMs + budgetMs, key, cancellation })
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
