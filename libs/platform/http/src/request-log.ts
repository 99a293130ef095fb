import type { Histogram, Metrics, Signals } from '@kilomega/observability'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpConfig } from './http.config.js'

/** Measures every answer, and logs slow ones, failed ones, and one in `logEvery` of the others. */
export class RequestLog {
  private readonly durations: Histogram
  private answered = 0

  constructor(
    metrics: Metrics,
    private readonly signals: Signals,
    private readonly config: HttpConfig,
  ) {
    this.durations = metrics.histogram('http_request_duration_ms', 'Answers by route and class of status', ['method', 'route', 'status'])
  }

  record(request: FastifyRequest, reply: FastifyReply): void {
    const durationMs = performance.now() - request.edge.startedMs
    const route = request.is404 ? 'unknown' : (request.edge.routeUrl ?? request.routeOptions.url ?? 'unknown')
    const method = request.is404 ? 'any' : request.method
    this.durations.observe(durationMs, method, route, outcome(reply))
    if (!this.shouldLog(reply.statusCode, durationMs)) return
    const { requestId } = request.edge.trace
    this.signals.emit('http.request', {
      method: request.method,
      route,
      status: reply.statusCode,
      durationMs: Math.round(durationMs * 10) / 10,
      requestId,
    })
  }

  private shouldLog(status: number, durationMs: number): boolean {
    this.answered += 1
    return status >= 500 || durationMs >= this.config.slowMs || this.answered % this.config.logEvery === 0
  }
}

const classes = ['0xx', '1xx', '2xx', '3xx', '4xx', '5xx']
const outcome = (reply: FastifyReply): string => (reply.raw.writableFinished ? classes[Math.floor(reply.statusCode / 100)]! : 'aborted')
