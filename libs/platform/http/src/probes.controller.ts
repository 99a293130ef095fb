import { Health, Metrics } from '@kilomega/observability'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Query, Reply, Request } from './parameters.js'
import { Route } from './route.js'
import { Routes } from './routes.js'

const both = ['public', 'internal'] as const
const Alive = z.object({ status: z.literal('alive') })
const Readiness = z.object({
  status: z.enum(['ready', 'not-ready']),
  degraded: z.array(z.string()).optional(),
  checks: z.array(z.object({ name: z.string(), required: z.boolean(), up: z.boolean(), problem: z.string().optional() })).optional(),
})
const ReadinessQuery = z.object({ details: z.string().optional() })

/** The endpoints for orchestrators and Prometheus. Checks and metrics look at the ledger of each module: the budgets are for 20 modules. */
@Routes('Health and metrics')
export class ProbesController {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {}

  @Route({
    method: 'GET',
    path: '/health/live',
    access: 'anyone',
    summary: 'Reports whether the event loop is running',
    budget: { queries: 0, bytes: 1_000 },
    listeners: both,
    limit: 'none',
    answer: Alive,
  })
  live(): z.infer<typeof Alive> {
    return { status: 'alive' }
  }

  @Route({
    method: 'GET',
    path: '/health/ready',
    access: 'anyone',
    summary: 'Reports whether this process can serve; the internal port gives details',
    budget: { queries: 21, bytes: 1_000 },
    listeners: both,
    limit: 'none',
    query: ReadinessQuery,
    answer: Readiness,
    otherStatuses: { 503: Readiness },
  })
  async ready(@Query() { details }: z.infer<typeof ReadinessQuery>, @Request() request: FastifyRequest, @Reply() reply: FastifyReply) {
    const { ready, checks } = await this.health.report()
    if (!ready) reply.status(503).header('retry-after', '1')
    const status = ready ? 'ready' : 'not-ready'
    if (!request.edge.internal || details === undefined) return { status }
    return { status, degraded: checks.filter(({ up }) => !up).map(({ name }) => name), checks }
  }

  @Route({
    method: 'GET',
    path: '/metrics',
    access: 'anyone',
    summary: 'Metrics in the text format of Prometheus',
    budget: { queries: 60, bytes: 1_000_000 },
    listeners: ['internal'],
    limit: 'none',
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
  })
  text(): Promise<string> {
    return this.metrics.text()
  }
}
