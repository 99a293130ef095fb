import type { RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { ConfigValues } from '@kilomega/config'
import { type AppError, portErrors, statusOf } from '@kilomega/ports'
import type { FastifyAdapter } from '@nestjs/platform-fastify'
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify'
import { answersWith } from './answer.js'
import { edgeErrors } from './edge-errors.js'
import { Edge } from './edge.js'
import { HttpAdapter } from './http-adapter.js'
import { HttpConfig } from './http.config.js'
import { maxBodyBytes, maxHeadersBytes, maxUrlBytes } from './limits.js'
import { problemBody, problemHeaders } from './problem.js'

/** URL and headers arrive in one piece for Node; which of them is too long is ours to say. */
const maxHeaderSize = maxUrlBytes + maxHeadersBytes

/** The HTTP server of a process, with all hooks in place and nothing to serve yet. Create the Nest application with it and `bodyParser: false`. */
export function createHttp(values: ConfigValues): FastifyAdapter {
  const config = values.get(HttpConfig)
  const edge = new Edge(config)
  const instance = fastify({
    serverFactory: (route) => publicServer(edge, route),
    bodyLimit: maxBodyBytes,
    trustProxy: config.trustedHops > 0 && ((_address: string, hop: number) => hop < config.trustedHops),
    return503OnClosing: false,
    frameworkErrors: (_error, request, reply) => refuseUnreadable(edge, request as unknown as FastifyRequest, reply as unknown as FastifyReply),
    clientErrorHandler: (error, socket) => refuseMalformed(edge, error, socket),
  })
  edge.attach(instance as never)
  return new HttpAdapter(instance as never)
}

const publicServer = (edge: Edge, route: RequestListener): Server =>
  edge.connections.server({ maxHeaderSize, ServerResponse: answersWith(edge.headers) }, route)

/** A second listener on the same routes, whose requests are marked as internal. */
export const internalServer = (edge: Edge, route: RequestListener): Server =>
  edge.connections
    .server({ maxHeaderSize, ServerResponse: answersWith(edge.headers) }, (request, response) => {
      edge.markInternal(request)
      route(request, response)
    })
    .on('clientError', (error: Unreadable, socket: Socket) => refuseMalformed(edge, error, socket))

/** A path that cannot be decoded, or has an absurdly long part, is none of ours. */
function refuseUnreadable(edge: Edge, request: FastifyRequest, reply: FastifyReply): void {
  edge.adopt(request, reply)
  const error = portErrors.NOT_FOUND()
  void reply
    .status(404)
    .headers(problemHeaders(error))
    .send(Buffer.from(JSON.stringify(problemBody(error, request.edge.trace.requestId))))
}

interface Unreadable {
  code?: string
  /** What had arrived; a Buffer, whatever Fastify's types call it. */
  rawPacket?: unknown
}

/** What Node could not read as HTTP has no request and no answer: the bytes are written by hand, unless they would fall into another answer. */
function refuseMalformed({ connections }: Edge, error: Unreadable, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || connections.hasBegunToAnswer(socket)) return void socket.destroy()
  const refusal = refusalOf(error)
  const body = JSON.stringify(problemBody(refusal, 'none'))
  const headers = Object.entries({ ...problemHeaders(refusal), 'content-length': String(Buffer.byteLength(body)), connection: 'close' })
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${statusOf(refusal)} ${refusal.code}\r\n${lines}x-content-type-options: nosniff\r\n\r\n${body}`)
}

function refusalOf({ code, rawPacket }: Unreadable): AppError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const longLine = rawPacket instanceof Buffer && !rawPacket.subarray(0, maxUrlBytes + 64).includes('\r\n')
    return longLine ? edgeErrors.URL_TOO_LONG() : edgeErrors.HEADERS_TOO_LARGE()
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return edgeErrors.REQUEST_TIMEOUT()
  return portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'malformed', message: 'This is not HTTP' }] })
}
