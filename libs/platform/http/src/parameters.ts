import { Body as NestBody, Param, Query as NestQuery, Req, Res } from '@nestjs/common'

/** The path's parameters, as the route's schema parsed them. */
export const Params = (): ParameterDecorator => Param()
/** The query, as the route's schema parsed it. */
export const Query = (): ParameterDecorator => NestQuery()
/** The body, as the route's schema parsed it. */
export const Body = (): ParameterDecorator => NestBody()
/** Fastify's request, for what no schema describes. */
export const Request = (): ParameterDecorator => Req()
/** Fastify's reply, for headers; what the method returns is still the answer. */
export const Reply = (): ParameterDecorator => Res({ passthrough: true })
