import multipart, { type FastifyMultipartOptions } from '@fastify/multipart'
import type { FastifyInstance, RouteOptions } from 'fastify'

type Hooks = Pick<RouteOptions, 'onRequest' | 'preValidation' | 'onResponse'>

/**
 * Fastify's reader of multipart forms, with its hooks on the routes that declare `upload` only: they are asynchronous and run for every request
 * otherwise, 2 us each. Routes that are registered before it have none.
 */
export function uploads(fastify: FastifyInstance, options: FastifyMultipartOptions, done: (error?: Error) => void): void {
  const hooks: Hooks = {}
  fastify.addHook('onRoute', (route) => {
    if (!route.config?.route?.upload) return
    for (const [name, hook] of Object.entries(hooks) as [keyof Hooks, never][]) route[name] = [hook, ...[route[name] ?? []].flat()] as never
  })
  const addHook = (name: keyof Hooks, hook: never) => void (hooks[name] = hook)
  multipart(Object.create(fastify, { addHook: { value: addHook } }) as FastifyInstance, options, done)
}

/** What it adds is there for the whole server, as with `fastify-plugin`. */
Object.assign(uploads, { [Symbol.for('skip-override')]: true })
