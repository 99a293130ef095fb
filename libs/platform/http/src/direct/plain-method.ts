import {
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  HEADERS_METADATA,
  HOST_METADATA,
  HTTP_CODE_METADATA,
  INTERCEPTORS_METADATA,
  PIPES_METADATA,
  REDIRECT_METADATA,
  RENDER_METADATA,
  RESPONSE_PASSTHROUGH_METADATA,
  ROUTE_ARGS_METADATA,
  SSE_METADATA,
  VERSION_METADATA,
} from '@nestjs/common/constants.js'
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js'
import type { FastifyReply, FastifyRequest } from 'fastify'

export type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown
type Method = (...parameters: unknown[]) => unknown
type Reader = (request: FastifyRequest, reply: FastifyReply) => unknown

/** What Nest does around or instead of a method. */
const enhancements = [
  ...[GUARDS_METADATA, INTERCEPTORS_METADATA, PIPES_METADATA, EXCEPTION_FILTERS_METADATA],
  ...[HEADERS_METADATA, REDIRECT_METADATA, RENDER_METADATA, SSE_METADATA, VERSION_METADATA, HOST_METADATA],
]

/** The parameters that this library's decorators declare. */
const readers: Readonly<Record<string, Reader>> = {
  [RouteParamtypes.REQUEST]: (request) => request,
  [RouteParamtypes.RESPONSE]: (_request, reply) => reply,
  [RouteParamtypes.BODY]: ({ body }) => body,
  [RouteParamtypes.QUERY]: ({ query }) => query,
  [RouteParamtypes.PARAM]: ({ params }) => params,
}

/** A handler that calls the method with its parameters and nothing around it; none where Nest has anything to add to it. */
export function plainHandler(controller: object, name: string): Handler | undefined {
  const method = (controller as Record<string, Method>)[name]!
  const places = [method, controller.constructor]
  if (enhancements.some((key) => places.some((place) => Reflect.getMetadata(key, place) !== undefined))) return undefined
  const parameters = parametersOf(controller, name)
  const status = Reflect.getMetadata(HTTP_CODE_METADATA, method) as number | undefined
  if (parameters === undefined || status === undefined) return undefined
  return (request, reply) => {
    reply.code(status)
    const answer = method.apply(
      controller,
      parameters.map((read) => read(request, reply)),
    )
    if (answer !== undefined) return answer
    reply.send()
  }
}

interface Parameter {
  index: number
  data?: unknown
  pipes: unknown[]
  schema?: unknown
}

/** Nothing where one of them is another's than ours. */
function parametersOf({ constructor }: object, name: string): Reader[] | undefined {
  const declared = Object.entries((Reflect.getMetadata(ROUTE_ARGS_METADATA, constructor, name) ?? {}) as Record<string, Parameter>)
  const passing = Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, constructor, name) === true
  const parameters: Reader[] = []
  for (const [key, { index, data, pipes, schema }] of declared) {
    const type = key.split(':', 1)[0]!
    const reader = readers[type]
    const whole = data === undefined && pipes.length === 0 && schema === undefined
    if (reader === undefined || !whole || (Number(type) === RouteParamtypes.RESPONSE && !passing)) return undefined
    parameters[index] = reader
  }
  return Array.from(parameters, (reader) => reader ?? (() => undefined))
}
