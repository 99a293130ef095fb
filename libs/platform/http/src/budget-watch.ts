import type { Counter, Metrics, Signals } from '@kilomega/observability'
import type { FastifyReply } from 'fastify'
import { overBudget } from './budget.js'
import type { EdgeRequest } from './edge-request.js'

/** In milliseconds: how often a route that is over its budget is logged. */
const logEveryMs = 60_000

/** Counts requests that cost more than the budget of their route, and logs one a minute for each route. */
export class BudgetWatch {
  private readonly counter: Counter
  private readonly loggedMs = new Map<string, number>()

  constructor(
    metrics: Metrics,
    private readonly signals: Signals,
  ) {
    this.counter = metrics.counter('http_over_budget_total', 'Requests that sent more statements or a longer answer than the budget of their route', [
      'route',
      'what',
    ])
  }

  /** To be called when the answer was sent. A body of unknown length counts as none, and so does that of an error. */
  check(request: EdgeRequest, reply: FastifyReply, nowMs = performance.now()): void {
    const budget = request.route?.budget
    if (budget === undefined) return
    const bytes = reply.statusCode < 400 ? Number(reply.getHeader('content-length') ?? 0) : 0
    if (request.statements <= budget.queries && bytes <= budget.bytes) return
    const { name: route, statements: queries } = request
    for (const what of overBudget({ queries, bytes }, budget)) this.counter.add(1, route, what)
    const lastMs = this.loggedMs.get(route)
    if (lastMs !== undefined && nowMs - lastMs < logEveryMs) return
    this.loggedMs.set(route, nowMs)
    const { requestId } = request.trace
    this.signals.emit('http.over-budget', { route, queries, bytes, mostQueries: budget.queries, mostBytes: budget.bytes, requestId })
  }
}
