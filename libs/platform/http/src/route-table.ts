import type { FastifyInstance } from 'fastify'
import type { Listener, Route } from './route.js'

interface Path {
  pattern: RegExp
  methods: Map<string, Route>
}

/** The declared routes of this process, as Fastify registered them. */
export class RouteTable {
  private readonly paths = new Map<string, Path>()

  /** Records the routes that are registered from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url, config }) => {
      const route = config?.route
      if (route === undefined) return
      for (const one of [method].flat()) this.pathOf(url).methods.set(one, route)
    })
  }

  routes(listener: Listener): Route[] {
    const all = [...this.paths.values()].flatMap(({ methods }) => [...new Set(methods.values())])
    return all.filter(({ listeners }) => listeners.includes(listener))
  }

  /** The methods of a path on a port, for `Allow`; none if the path does not exist. Used for refusals only, so it need not be fast. */
  methodsOf(path: string, listener: Listener): string[] {
    return [...this.paths.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ methods }) => [...methods].filter(([, route]) => route.listeners.includes(listener)).map(([method]) => method))
  }

  private pathOf(url: string): Path {
    const known = this.paths.get(url)
    if (known !== undefined) return known
    const path = { pattern: new RegExp(`^${url.replace(/[.]/g, '\\.').replace(/:[^/]+/g, '[^/]+')}$`), methods: new Map<string, Route>() }
    this.paths.set(url, path)
    return path
  }
}
