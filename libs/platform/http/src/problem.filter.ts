import { Signals } from '@kilomega/observability'
import { type AppError, statusOf } from '@kilomega/ports'
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { edgeErrors } from './edge-errors.js'
import { pageHeaders, pageOf } from './pages/page.js'
import { asAppError, problemBody, problemHeaders } from './problem.js'
import type { RouteTable } from './route-table.js'

/** The only place where errors of hooks, router, handlers and streams become answers. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteTable,
    private readonly signals: Signals,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    this.answer(exception, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>())
  }

  private answer(exception: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = request.is404 ? this.refusalOfUnknown(asAppError(exception), request, reply) : asAppError(exception)
    this.report(error, request)
    if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy()
    const body = problemBody(error, request.edge.trace.requestId)
    const page = pageOf(request)
    reply
      .status(body.status)
      .headers({ ...problemHeaders(error), ...(page && pageHeaders(page)) })
      .removeHeader('content-length')
      .removeHeader('etag')
      .send(Buffer.from(page === undefined ? JSON.stringify(body) : page.problem(body)))
  }

  private refusalOfUnknown(error: AppError, request: FastifyRequest, reply: FastifyReply): AppError {
    if (statusOf(error) !== 404) return error
    const path = request.url.split('?', 1)[0]!
    const methods = this.routes.methodsOf(path, request.edge.internal ? 'internal' : 'public')
    if (methods.length === 0) return error
    reply.header('allow', methods.join(', '))
    return edgeErrors.METHOD_NOT_ALLOWED()
  }

  /** A port has already reported its own faults; the error it threw arrives without a cause. */
  private report(error: AppError, request: FastifyRequest): void {
    if (error.kind !== 'internal' || error.cause === undefined) return
    const { method, routeOptions, edge } = request
    this.signals.emit('http.request-failed', { method, route: routeOptions.url, requestId: edge.trace.requestId }, error.cause)
  }
}
