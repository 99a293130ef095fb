import multipart from '@fastify/multipart'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import { acceptForms } from './pages/form-body.js'
import { type Method, type Route, routeOf } from './route.js'

/** One file and a few short fields; the size limit of the file is set by the route. Anything beyond ends the request with 413. */
const formLimits = { files: 1, fields: 10, parts: 11, fieldSize: 16 * 1024, fieldNameSize: 64, headerPairs: 20 }

type Registered = ReturnType<FastifyAdapter['post']>

/**
 * Nest on Fastify. The multipart form parser is registered only around routes that declare `upload`: its hooks run for every request in their scope, at 3 us
 * each. The parsers for the forms of pages are registered only around the routes of pages.
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
  if (route.page) acceptForms(scope)
  // Nest registers the form parser for all routes once a module uses one of its upload interceptors.
  else if (!scope.hasRequestDecorator('parts')) void scope.register(multipart, { limits: { ...formLimits }, throwFileSizeLimit: true })
  scope.after(() => void scope.route({ method, url, handler, config: { route } }))
  done()
}
