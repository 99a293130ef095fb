import type { RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { ConfigValues } from '@kilomega/config'
import { portErrors } from '@kilomega/ports'
import type { FastifyAdapter } from '@nestjs/platform-fastify'
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify'
import { responseWith } from './answer.js'
import { Edge } from './edge.js'
import { HttpAdapter } from './http-adapter.js'
import { HttpConfig } from './http.config.js'
import { maxBodyBytes, maxHeadersBytes, maxUrlBytes } from './limits.js'
import { answerMalformed, type Unreadable, unknownMethod } from './malformed.js'
import { problemBody, problemHeaders } from './problem.js'

/** Node limits URL and headers together; which of the two is too long is decided here. */
const maxHeaderSize = maxUrlBytes + maxHeadersBytes

/** A request without Host is refused here and not by Node, so that the refusal has the headers of every answer. */
const serverOptions = { maxHeaderSize, requireHostHeader: false }

/** A client that treats us as a proxy sends the full address; its host is the same as in the Host header. */
const originForm = (target: string): string =>
  /^https?:\/\/[^/?#]*(?<rest>[/?].*)?$/is.exec(target)?.groups?.['rest']?.replace(/^(?!\/)/, '/') ?? target

/** The HTTP server of a process, with all hooks in place but no routes yet. Create the Nest application with it and `bodyParser: false`. */
export function createHttp(values: ConfigValues): FastifyAdapter {
  const config = values.get(HttpConfig)
  const edge = new Edge(config)
  const instance = fastify({
    serverFactory: (route) => publicServer(edge, route),
    bodyLimit: maxBodyBytes,
    trustProxy: config.trustedHops > 0 && ((_address: string, hop: number) => hop < config.trustedHops),
    return503OnClosing: false,
    rewriteUrl: ({ url = '' }) => (url.startsWith('/') ? url : originForm(url)),
    frameworkErrors: (_error, request, reply) => refuseUnreadable(edge, request as unknown as FastifyRequest, reply as unknown as FastifyReply),
    clientErrorHandler: (error, socket) => refuseMalformed(edge, error, socket),
  })
  edge.attach(instance as never)
  return new HttpAdapter(instance as never)
}

const publicServer = (edge: Edge, route: RequestListener): Server =>
  refusingTunnels(edge, edge.connections.server({ ...serverOptions, ServerResponse: responseWith(edge.headers) }, route))

/** A second listener on the same routes, whose requests are marked as internal. */
export function internalServer(edge: Edge, route: RequestListener): Server {
  const server = edge.connections.server({ ...serverOptions, ServerResponse: responseWith(edge.headers) }, (request, response) => {
    edge.markInternal(request)
    route(request, response)
  })
  return refusingTunnels(edge, server).on('clientError', (error: Unreadable, socket: Socket) => refuseMalformed(edge, error, socket))
}

/** Node would close the connection of a CONNECT without an answer. */
const refusingTunnels = (edge: Edge, server: Server): Server =>
  server.on('connect', (_request, socket) => refuseMalformed(edge, { code: unknownMethod }, socket as Socket))

/** A path that cannot be decoded, or has an absurdly long segment, is not one of our routes. */
function refuseUnreadable(edge: Edge, request: FastifyRequest, reply: FastifyReply): void {
  edge.adopt(request, reply)
  const error = portErrors.NOT_FOUND()
  void reply
    .status(404)
    .headers(problemHeaders(error))
    .send(Buffer.from(JSON.stringify(problemBody(error, request.edge.trace.requestId))))
}

/** The connection is just closed if the bytes would be mixed into another answer. */
function refuseMalformed({ connections, headers }: Edge, error: Unreadable, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || connections.hasStartedAnswering(socket)) return void socket.destroy()
  answerMalformed(error, socket, headers)
}
