import { Body as NestBody, Param, Query as NestQuery, Req, Res } from '@nestjs/common'

/** The path parameters, as parsed by the route's schema. */
export const Params = (): ParameterDecorator => Param()
/** The query, as parsed by the route's schema. */
export const Query = (): ParameterDecorator => NestQuery()
/** The body, as parsed by the route's schema. */
export const Body = (): ParameterDecorator => NestBody()
/** Fastify's request, for anything that no schema describes. */
export const Request = (): ParameterDecorator => Req()
/** Fastify's reply, for headers; the return value of the method is still the answer. */
export const Reply = (): ParameterDecorator => Res({ passthrough: true })
