import type { FastifyReply, FastifyRequest } from 'fastify'
import { edgeErrors } from './edge-errors.js'
import type { HttpConfig } from './http.config.js'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What pages may read of an answer beyond the headers open to every page, and the headers that they may send. */
const exposed = [
  ...['Accept-Ranges', 'Allow', 'Content-Disposition', 'Content-Range', 'ETag', 'Idempotency-Replayed', 'Kilomega-Freshness', 'Location'],
  ...['RateLimit', 'RateLimit-Policy', 'Retry-After', 'Traceparent', 'WWW-Authenticate', 'X-Request-Id'],
].join(', ')
const sendable =
  'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Kilomega-Freshness, Range, Traceparent, X-Request-Id'

/** Which pages may call: those of our own origin, and those listed in the configuration. Origins are compared as a whole and never echoed unchecked. */
export class Origins {
  private readonly allowed: ReadonlySet<string>
  private readonly own: string

  constructor({ corsOrigins, publicUrl }: HttpConfig) {
    this.allowed = new Set(corsOrigins)
    this.own = new URL(publicUrl).origin
  }

  /** Marks the answer for a listed origin; refuses a write from a page of any other origin. */
  check(request: FastifyRequest, reply: FastifyReply): void {
    if (this.allowed.size > 0) reply.header('vary', 'Origin')
    const { origin } = request.headers
    if (origin === undefined) return
    if (this.allowed.has(origin)) reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', exposed)
    else if (!safeMethods.has(request.method) && !this.isOwn(origin, request)) throw edgeErrors.ORIGIN_NOT_ALLOWED()
  }

  /** Answers a preflight. A page of an unlisted origin may not even ask. */
  answerPreflight(request: FastifyRequest, reply: FastifyReply, methods: string[]): void {
    if (!this.allowed.has(request.headers.origin ?? '')) throw edgeErrors.ORIGIN_NOT_ALLOWED()
    reply
      .status(204)
      .headers({
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers': sendable,
        'access-control-max-age': '600',
      })
      .send()
  }

  private isOwn(origin: string, request: FastifyRequest): boolean {
    return origin === this.own || origin === `http://${request.headers.host}` || origin === `https://${request.headers.host}`
  }
}
