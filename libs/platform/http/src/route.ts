import type { Access } from '@kilomega/ports'
import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common'
import { RouteConfig } from '@nestjs/platform-fastify'
import type { z } from 'zod'
import type { Page } from './pages/page.js'
import { requestReader, type RequestReader } from './request-reader.js'
import { tagOf } from './routes.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Listener = 'public' | 'internal'

export interface RouteOptions {
  method: Method
  /** Parameters begin with a colon: `/v1/posts/:id`. */
  path: `/${string}`
  /** Who may call it. The port behind it has the last word; the edge refuses before it reads a body. */
  access: Access
  /** One sentence for the documentation. */
  summary: string
  /** The port it is served on; the public one unless told otherwise. On the other one the path does not exist. */
  listeners?: readonly Listener[]
  params?: z.ZodObject
  /** Texts are read as what the schema wants: numbers, booleans, lists separated by commas. */
  query?: z.ZodObject
  body?: z.ZodType
  /** A multipart form with one file, read by the handler as it streams in; `body` describes its fields. */
  upload?: boolean
  /**
   * A page for people, who come by a link: it answers HTML, problems too, and takes what a form sends instead of JSON. Query fields that it does not know are
   * ignored, because mail programs add some; it is no part of the OpenAPI file.
   */
  page?: Page
  /** If-Match is required. */
  conditional?: boolean
  /** Of a success; 200 unless told otherwise. */
  status?: number
  answer?: z.ZodType
  /** Answers with another status that are no errors. */
  otherStatuses?: Readonly<Record<number, z.ZodType | undefined>>
  /** Of an answer that is not JSON. Where there are several, parted by a comma and a blank, the method says which one it is. */
  contentType?: string
  /** Response headers beyond those that every answer has, with their meaning. */
  headers?: Readonly<Record<string, string>>
  /** Codes beyond those that follow from the declaration itself. */
  errors?: readonly string[]
  /** Which quota a call counts against; `none` for probes. */
  limit?: 'general' | 'credentials' | 'none'
  /** Off for a POST whose answer holds a secret, so that it is kept nowhere: repeats with an Idempotency-Key are answered by the receipts of modules alone. */
  replay?: boolean
  /** Replaces `no-store`, for what anybody may keep. */
  cacheControl?: string
}

/** A declared route. Access and everything else is read from here, by the route that matched, never from the text of a path. */
export interface Route extends RouteOptions {
  readonly listeners: readonly Listener[]
  readonly status: number
  readonly limit: 'general' | 'credentials' | 'none'
  readonly read: RequestReader
  /** The controller's name in lower case, and its method's: the tag and the operation in the documentation. */
  readonly tag: string
  readonly operation: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    route?: Route
  }
}

const key = 'kilomega:route'

/** The route that a method was declared to be, also of what Nest makes of it for the server; nothing where it is none. */
export const routeOf = (handler: object): Route | undefined => Reflect.getMetadata(key, handler) as Route | undefined

/**
 * Declares a route on a controller's method: its path, who may call it, and the schemas from which validation and documentation follow. The
 * method then takes `@Params()`, `@Query()` and `@Body()` as the schemas parse them, and answers as any method of Nest does. Guards, pipes, interceptors and filters of Nest work on it as on any method. A method without this decorator is no route.
 */
export function Route(options: RouteOptions): MethodDecorator {
  const { method, path, listeners = ['public'], status = 200, limit = 'general' } = options
  return (target, name, descriptor) => {
    const names = { tag: tagOf(target.constructor), operation: String(name) }
    const route: Route = { ...options, ...names, listeners, status, limit, read: requestReader(options) }
    const mapping = RequestMapping({ path, method: RequestMethod[method] })
    applyDecorators(mapping, HttpCode(status), RouteConfig({ route }), SetMetadata(key, route))(target, name, descriptor)
  }
}
