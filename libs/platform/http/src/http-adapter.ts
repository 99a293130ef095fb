import multipart from '@fastify/multipart'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import { takeForms } from './pages/form-body.js'
import { type Method, type Route, routeOf } from './route.js'

/** One file and a few short fields; the file's own limit is the route's. Anything beyond ends the request with 413. */
const formLimits = { files: 1, fields: 10, parts: 11, fieldSize: 16 * 1024, fieldNameSize: 64, headerPairs: 20 }

type Registered = ReturnType<FastifyAdapter['post']>

/**
 * Nest on Fastify, with the reader of multipart forms around the routes that declare `upload` and no others: its hooks run for every request of the
 * scope that it is registered in, 3 us for each. What pages send is read around their routes alone.
 */
export class HttpAdapter extends FastifyAdapter {
  override post(...declared: unknown[]): Registered {
    return this.addForm('POST', declared) ?? super.post(...declared)
  }

  override put(...declared: unknown[]): Registered {
    return this.addForm('PUT', declared) ?? super.put(...declared)
  }

  override patch(...declared: unknown[]): Registered {
    return this.addForm('PATCH', declared) ?? super.patch(...declared)
  }

  private addForm(method: Method, [url, handler]: unknown[]): Registered | undefined {
    const route = typeof handler === 'function' ? routeOf(handler) : undefined
    if (!route?.upload && !route?.page) return undefined
    const instance: FastifyInstance = this.getInstance()
    void instance.register((scope, _options, done) =>
      addInScope(scope, { method, url: String(url), handler: handler as RouteHandlerMethod, route }, done),
    )
    return this.getInstance()
  }
}

interface FormRoute {
  method: Method
  url: string
  handler: RouteHandlerMethod
  route: Route
}

function addInScope(scope: FastifyInstance, { method, url, handler, route }: FormRoute, done: () => void): void {
  if (route.page) takeForms(scope)
  // Nest reads forms everywhere once a module has one of its upload interceptors.
  else if (!scope.hasRequestDecorator('parts')) void scope.register(multipart, { limits: { ...formLimits }, throwFileSizeLimit: true })
  scope.after(() => void scope.route({ method, url, handler, config: { route } }))
  done()
}
