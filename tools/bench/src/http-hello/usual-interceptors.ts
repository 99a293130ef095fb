import { AsyncLocalStorage } from 'node:async_hooks'
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { pino } from 'pino'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { Observable, tap } from 'rxjs'
import type { Claims, WithUser } from './usual-guard.js'

const context = new AsyncLocalStorage<{ user: Claims; requestId: string }>()

/** User and request id for all code that is called from here. */
@Injectable()
export class ContextInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { user, id: requestId } = execution.switchToHttp().getRequest<WithUser>()
    execution.switchToHttp().getResponse<FastifyReply>().header('x-request-id', requestId)
    return new Observable((subscriber) => context.run({ user, requestId }, () => next.handle().subscribe(subscriber)))
  }
}

@Injectable()
export class MetricsInterceptor implements NestInterceptor {
  private readonly durations: Histogram

  constructor() {
    const registry = new Registry()
    collectDefaultMetrics({ register: registry })
    const labelNames = ['method', 'route', 'status']
    this.durations = new Histogram({ name: 'http_request_duration_seconds', help: 'Answers', labelNames, registers: [registry] })
  }

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { method, routeOptions } = execution.switchToHttp().getRequest<WithUser>()
    const reply = execution.switchToHttp().getResponse<FastifyReply>()
    const startedMs = performance.now()
    return next
      .handle()
      .pipe(tap(() => this.durations.labels(method, routeOptions.url!, String(reply.statusCode)).observe((performance.now() - startedMs) / 1_000)))
  }
}

/** One JSON line per request, as usual. */
@Injectable()
export class LogInterceptor implements NestInterceptor {
  private readonly log = pino({ base: null })

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { method, routeOptions, user, id: requestId } = execution.switchToHttp().getRequest<WithUser>()
    const reply = execution.switchToHttp().getResponse<FastifyReply>()
    const startedMs = performance.now()
    const line = () => ({
      method,
      route: routeOptions.url,
      status: reply.statusCode,
      durationMs: performance.now() - startedMs,
      requestId,
      user: user.sub,
    })
    return next.handle().pipe(tap(() => this.log.info(line(), 'request')))
  }
}
