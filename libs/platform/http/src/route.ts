import type { Access } from '@kilomega/ports'
import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common'
import { RouteConfig } from '@nestjs/platform-fastify'
import type { z } from 'zod'
import type { Budget } from './budget.js'
import type { Page } from './pages/page.js'
import { requestReader, type RequestReader } from './request-reader.js'
import { tagOf } from './routes.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Listener = 'public' | 'internal'

export interface RouteOptions {
  method: Method
  /** Parameters start with a colon: `/v1/posts/:id`. */
  path: `/${string}`
  /** Who may call it. The port behind it makes the final decision; the edge refuses before it reads a body. */
  access: Access
  /** One sentence for the documentation. */
  summary: string
  /** What a request may cost; a test of the architecture asks for one on every route of the API. */
  budget?: Budget
  /** The ports that serve it; by default only the public one. On the other port the path does not exist. */
  listeners?: readonly Listener[]
  params?: z.ZodObject
  /** Texts are converted to the types in the schema: numbers, booleans, lists separated by commas. */
  query?: z.ZodObject
  body?: z.ZodType
  /** A multipart form with one file, read by the handler as it arrives; `body` describes its fields. */
  upload?: boolean
  /**
   * A page for people, who come by a link: it answers HTML, problems too, and takes what a form sends instead of JSON. Query fields that it does not know are
   * ignored, because mail programs add some; it is no part of the OpenAPI file.
   */
  page?: Page
  /** If-Match is required. */
  conditional?: boolean
  /** The status of a success; 200 by default. */
  status?: number
  answer?: z.ZodType
  /** Answers with another status that are not errors. */
  otherStatuses?: Readonly<Record<number, z.ZodType | undefined>>
  /** The type of an answer that is not JSON. If there are several, separated by a comma and a blank, the method sets the one it used. */
  contentType?: string
  /** Response headers beyond those of every answer, with their meaning. */
  headers?: Readonly<Record<string, string>>
  /** Error codes beyond those implied by the declaration itself. */
  errors?: readonly string[]
  /** The quota that a call counts against; `none` for probes. */
  limit?: 'general' | 'credentials' | 'none'
  /**
   * False for a POST whose answer holds a secret, so that the answer is not stored: repeats with an Idempotency-Key are then answered from the receipts of
   * modules alone.
   */
  replay?: boolean
  /** Replaces `no-store`, for answers that any cache may keep. */
  cacheControl?: string
}

/** A declared route. Access and everything else is read from the route that matched, never from the text of a path. */
export interface Route extends RouteOptions {
  readonly listeners: readonly Listener[]
  readonly status: number
  readonly limit: 'general' | 'credentials' | 'none'
  readonly read: RequestReader
  /** The tag and the operation in the documentation: the name of the controller in lower case, and the name of the method. */
  readonly tag: string
  readonly operation: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    route?: Route
  }
}

const key = 'kilomega:route'

/** The route declared on a method, also found on the handler that Nest creates from it; undefined if there is none. */
export const routeOf = (handler: object): Route | undefined => Reflect.getMetadata(key, handler) as Route | undefined

/**
 * Declares a route on a controller method: its path, who may call it, and the schemas from which validation and documentation follow. The method takes
 * `@Params()`, `@Query()` and `@Body()` as parsed by the schemas, and answers like any Nest method. Nest's guards, pipes, interceptors and filters work on it
 * as usual. A method without this decorator is not a route.
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
