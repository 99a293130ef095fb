import { Metrics, Signals } from '@kilomega/observability'
import type { Type } from '@nestjs/common'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { Admission } from './admission.js'
import { Authenticator } from './authenticator.js'
import { HttpConfig } from './http.config.js'
import { type HttpAddresses, HttpListeners } from './http-listeners.js'
import { ProblemFilter } from './problem.filter.js'
import { RequestLog } from './request-log.js'
import { RouteTable } from './route-table.js'
import { uploads } from './uploads.js'

/** One file and a few short fields; the file's own limit is the route's. Anything beyond ends the request with 413. */
const formLimits = { files: 1, fields: 10, parts: 11, fieldSize: 16 * 1024, fieldNameSize: 64, headerPairs: 20 }

/** Joins the server and the wired application, before `app.init()`. An application with controllers of its own has a public port: says whether. */
export async function installHttp(app: NestFastifyApplication, application: Type): Promise<boolean> {
  const fastify = app.getHttpAdapter().getInstance()
  const [config, routes, signals, metrics] = [app.get(HttpConfig), app.get(RouteTable), app.get(Signals), app.get(Metrics)]
  const isPublic = ((Reflect.getMetadata('controllers', application) ?? []) as unknown[]).length > 0
  routes.watch(fastify)
  fastify.edge.open({
    admission: new Admission(config, authenticatorOf(app)),
    log: new RequestLog(metrics, signals, config),
    routes,
    isPublic,
  })
  const { traffic } = fastify.edge
  metrics.gauge('http_requests_in_flight', 'Requests that are being answered, this one too', () => traffic.inFlight)
  app.useGlobalFilters(new ProblemFilter(routes, signals))
  await app.register(uploads as never, { limits: formLimits, throwFileSizeLimit: true })
  return isPublic
}

/** Opens the ports of a process and says where they are. */
export const listenHttp = (app: NestFastifyApplication): Promise<HttpAddresses> => app.get(HttpListeners).listen()

/** Ends a process's traffic without losing any of it; resolves when no connection is left. */
export const drainHttp = (app: NestFastifyApplication): Promise<void> => app.get(HttpListeners).drain()

/** An application without users has no authenticator, and then no token is good. */
function authenticatorOf(app: NestFastifyApplication): Authenticator | undefined {
  try {
    return app.get(Authenticator, { strict: false })
  } catch {
    return undefined
  }
}
