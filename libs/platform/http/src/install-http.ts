import { Databases } from '@kilomega/database'
import { Metrics, Signals } from '@kilomega/observability'
import type { Type } from '@nestjs/common'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { FastifyInstance } from 'fastify'
import { Admission } from './admission.js'
import { Authenticator } from './authenticator.js'
import { BudgetWatch } from './budget-watch.js'
import { FreshnessStore } from './freshness-store.js'
import { HttpConfig } from './http.config.js'
import { type HttpAddresses, HttpListeners } from './http-listeners.js'
import { keepFreshness } from './keep-freshness.js'
import { ProblemFilter } from './problem.filter.js'
import { Idempotency } from './idempotency/idempotency.js'
import { RequestLog } from './request-log.js'
import { RouteTable } from './route-table.js'

const forgetEveryMs = 3_600_000

/** Connects the server to the wired application, before `app.init()`. Returns whether there is a public port, which an application has if it has controllers of its own. */
export function installHttp(app: NestFastifyApplication, application: Type): boolean {
  const fastify = app.getHttpAdapter().getInstance()
  const [config, routes, signals, metrics] = [app.get(HttpConfig), app.get(RouteTable), app.get(Signals), app.get(Metrics)]
  const isPublic = ((Reflect.getMetadata('controllers', application) ?? []) as unknown[]).length > 0
  routes.watch(fastify)
  if (isPublic) installIdempotency(app, fastify as never)
  if (config.freshnessRedisUrl) keepFreshness(fastify as never, new FreshnessStore(config.freshnessRedisUrl, signals))
  fastify.edge.open({
    admission: new Admission(config, authenticatorOf(app)),
    log: new RequestLog(metrics, signals, config),
    budgets: new BudgetWatch(metrics, signals),
    routes,
    isPublic,
  })
  const { traffic, connections } = fastify.edge
  metrics.gauge('http_requests_in_flight', 'Requests being answered, including this one', () => traffic.inFlight)
  connections.countWith(
    metrics.counter('http_connections_cut_total', 'Connections that were cut because their clients sent too much, or too slowly, or did not read', [
      'reason',
    ]),
  )
  app.useGlobalFilters(new ProblemFilter(routes, signals))
  return isPublic
}

/** Without a database no answers are stored: a repeat then runs again. */
function installIdempotency(app: NestFastifyApplication, fastify: FastifyInstance): void {
  const databases = providedIn(app, Databases)
  if (databases === undefined) return
  const [config, signals] = [app.get(HttpConfig), app.get(Signals)]
  const idempotency = new Idempotency(databases, config, signals)
  idempotency.attach(fastify)
  const forgetting = setInterval(() => {
    idempotency.forget().catch((error: unknown) => signals.emit('http.answers-not-forgotten', {}, error))
  }, forgetEveryMs).unref()
  fastify.addHook('onClose', async () => clearInterval(forgetting))
}

/** Opens the ports of a process and returns their addresses. */
export const listenHttp = (app: NestFastifyApplication): Promise<HttpAddresses> => app.get(HttpListeners).listen()

/** Ends the traffic of a process without losing any requests, unless `cut` aborts; resolves when no connection is left. */
export const drainHttp = (app: NestFastifyApplication, cut?: AbortSignal): Promise<void> => app.get(HttpListeners).drain(cut)

/** An application without users has no authenticator, and then no token is valid. */
const authenticatorOf = (app: NestFastifyApplication): Authenticator | undefined => providedIn(app, Authenticator)

function providedIn<T>(app: NestFastifyApplication, token: abstract new (...parameters: never[]) => T): T | undefined {
  try {
    return app.get<T>(token, { strict: false })
  } catch {
    return undefined
  }
}
