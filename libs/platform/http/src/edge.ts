import type { IncomingMessage } from 'node:http'
import { type CurrentCall, portErrors, runCall } from '@kilomega/ports'
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import type { Admission } from './admission.js'
import { addDefaultHeaders, addHeader, addLateHeaders } from './answer.js'
import type { BudgetWatch } from './budget-watch.js'
import { ClientCancellation } from './client-cancellation.js'
import { Arrivals } from './connections/arrivals.js'
import { Connections } from './connections/connections.js'
import { edgeErrors } from './edge-errors.js'
import { EdgeRequest } from './edge-request.js'
import { FreshnessTokens } from './freshness-tokens.js'
import { HostNames } from './host-names.js'
import type { HttpConfig } from './http.config.js'
import { checkHead } from './request-head.js'
import { parseJsonBytes } from './json-bytes.js'
import { uploadBudgetMs } from './limits.js'
import { leaveOutLengthOf304 } from './not-modified.js'
import { Origins } from './origins.js'
import { pageHeaders } from './pages/page.js'
import type { RequestLog } from './request-log.js'
import { securityHeaders } from './response-headers.js'
import type { Route } from './route.js'
import type { RouteTable } from './route-table.js'
import { Traffic } from './traffic.js'

/** What only the wired application can provide. */
export interface EdgeParts {
  admission: Admission
  log: RequestLog
  budgets: BudgetWatch
  routes: RouteTable
  /** Whether the application has controllers of its own, so that there is something to serve on the public port. */
  isPublic: boolean
}

/** The path of every request, as Fastify hooks: admission, body, validation, the call, then metrics and log. */
export class Edge {
  readonly traffic = new Traffic()
  readonly connections: Connections
  private readonly arrivals: Arrivals
  /** The headers of every answer. */
  readonly headers: Record<string, string>
  private readonly origins: Origins
  private readonly hostNames: HostNames
  private readonly freshness: FreshnessTokens
  private readonly internal = new WeakSet<IncomingMessage>()
  private parts: EdgeParts | undefined

  constructor(readonly config: HttpConfig) {
    this.headers = securityHeaders(config)
    this.origins = new Origins(config)
    this.hostNames = new HostNames(config)
    this.freshness = new FreshnessTokens(config)
    this.connections = new Connections(config)
    this.arrivals = new Arrivals(this.traffic, config)
  }

  attach(fastify: FastifyInstance): void {
    fastify.decorate('edge', this as Edge)
    fastify.decorateRequest('edge')
    fastify.removeAllContentTypeParsers()
    fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => parse(bytes as Buffer, done))
    leaveOutLengthOf304(fastify)
    fastify.addHook('onRequest', (request, reply, done) => this.begin(request, reply, done))
    fastify.addHook('preHandler', (request, reply, done) => this.call(request, reply, done))
    fastify.addHook('onResponse', (request, reply, done) => {
      this.traffic.leave(request.edge)
      this.parts?.log.record(request, reply)
      this.parts?.budgets.check(request.edge, reply)
      done()
    })
  }

  open(parts: EdgeParts): void {
    this.parts = parts
  }

  get isPublic(): boolean {
    return this.parts?.isPublic ?? false
  }

  /** Finds clients that keep us waiting. To be called at regular intervals. */
  sweep(): void {
    const nowMs = performance.now()
    this.arrivals.sweep(nowMs)
    this.connections.sweep(nowMs)
  }

  /** Marks a request as one of the internal port. */
  markInternal(raw: IncomingMessage): void {
    this.internal.add(raw)
  }

  adopt(request: FastifyRequest, reply: FastifyReply): void {
    const edge = new EdgeRequest(request.headers, reply, this.internal.has(request.raw))
    request.edge = edge
    this.traffic.enter(edge)
    addDefaultHeaders(reply, this.headers)
    addHeader(reply, 'x-request-id', edge.trace.requestId)
    addHeader(reply, 'traceparent', edge.trace.traceparent)
  }

  private begin(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
    this.adopt(request, reply)
    let waiting: Promise<void> | void
    try {
      if (this.isPreflight(request)) return this.answerPreflight(request, reply)
      waiting = this.admit(request, reply)
    } catch (error) {
      return done(error as Error)
    }
    if (waiting === undefined) this.proceed(request, reply, done)
    else waiting.then(() => this.proceed(request, reply, done), done)
  }

  /** Once the caller is known, the form of the request is checked; only then does the server ask for a body that the client holds back. */
  private proceed(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
    const { route } = request.edge
    try {
      if (route !== undefined) checkForm(route, request)
    } catch (error) {
      return done(error as Error)
    }
    if (request.headers.expect !== undefined) reply.raw.writeContinue()
    done()
  }

  private isPreflight({ method, headers, is404 }: FastifyRequest): boolean {
    return is404 && method === 'OPTIONS' && headers.origin !== undefined
  }

  private answerPreflight(request: FastifyRequest, reply: FastifyReply): void {
    this.origins.check(request, reply)
    const methods = this.parts?.routes.methodsOf(request.url.split('?', 1)[0]!, 'public') ?? []
    if (methods.length === 0) throw portErrors.NOT_FOUND()
    this.origins.answerPreflight(request, reply, methods)
  }

  private admit(request: FastifyRequest, reply: FastifyReply): Promise<void> | void {
    checkHead(request.raw)
    if (request.edge.internal && !this.hostNames.include(request.headers.host)) throw edgeErrors.MISDIRECTED_REQUEST()
    this.origins.check(request, reply)
    // Refused before the body is read.
    if (request.is404) throw portErrors.NOT_FOUND()
    const { edge } = request
    const { config, url } = request.routeOptions
    const { route } = config
    if (route === undefined || this.parts === undefined) throw portErrors.NOT_FOUND()
    if (!route.listeners.includes(edge.internal ? 'internal' : 'public')) throw portErrors.NOT_FOUND()
    if (hasEmpty(request.params as Record<string, string>)) throw portErrors.NOT_FOUND()
    edge.match(route, url)
    return this.parts.admission.admit(route, request, reply)
  }

  /** Checks the input and continues as a new call. Done here and not earlier, because reading the body leaves the asynchronous context. */
  private call(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
    const { route } = request.edge
    if (route === undefined) return done()
    let call
    try {
      if (route.conditional && request.headers['if-match'] === undefined) throw edgeErrors.PRECONDITION_REQUIRED()
      route.read(request)
      call = this.callOf(route, request, reply)
    } catch (error) {
      return done(error as Error)
    }
    if (route.answer !== undefined || route.contentType !== undefined)
      reply.header('content-type', route.contentType ?? 'application/json; charset=utf-8')
    if (route.page !== undefined) reply.headers(pageHeaders(route.page))
    if (route.cacheControl !== undefined) reply.header('cache-control', route.cacheControl)
    runCall(call, done)
  }

  private callOf(route: Route, { edge, headers, method }: FastifyRequest, reply: FastifyReply): CurrentCall {
    const call = edge.call(headers, {
      budgetMs: route.upload ? uploadBudgetMs : this.config.budgetMs,
      cancellation: new ClientCancellation(reply.raw),
      reads: method === 'GET' || method === 'HEAD' ? 'own writes' : 'primary',
      freshness: edge.keptFreshness ?? this.freshness.read(headers),
    })
    edge.current = call
    if (call.reads === 'primary') addLateHeaders(reply, () => this.freshness.headersOf(call.freshness, headers))
    return call
  }
}

function parse(bytes: Buffer, done: (error: Error | null, body?: unknown) => void): void {
  let body: unknown
  try {
    body = parseJsonBytes(bytes)
  } catch (error) {
    return done(error as Error)
  }
  done(null, body)
}

function checkForm(route: Route, { headers }: FastifyRequest): void {
  const form = headers['content-type']?.toLowerCase().startsWith('multipart/form-data') ?? false
  if (route.page === undefined && form !== (route.upload ?? false)) throw edgeErrors.UNSUPPORTED_CONTENT_TYPE()
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') throw edgeErrors.UNSUPPORTED_CONTENT_TYPE()
}

/** A path with an empty parameter is not one of our routes. */
function hasEmpty(params: Record<string, string>): boolean {
  for (const name in params) if (params[name] === '') return true
  return false
}

declare module 'fastify' {
  interface FastifyInstance {
    edge: Edge
  }
}
