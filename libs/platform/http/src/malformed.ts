import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { beginSpan } from '@kilomega/observability'
import { type AppError, portErrors, statusOf } from '@kilomega/ports'
import { edgeErrors } from './edge-errors.js'
import { maxUrlBytes } from './limits.js'
import { problemBody, problemHeaders } from './problem.js'

export interface Unreadable {
  code?: string
  /** The bytes received so far; a Buffer, whatever Fastify's types say. */
  rawPacket?: unknown
}

export const unknownMethod = 'UNKNOWN_METHOD'

/** For input that Node cannot read as HTTP there is no request or response object: the bytes are written by hand, with the headers of every answer. */
export function answerMalformed(error: Unreadable, socket: Socket, always: Record<string, string>): void {
  const refusal = refusalOf(error)
  const { id, traceparent } = beginSpan(undefined)
  const body = JSON.stringify(problemBody(refusal, id))
  const status = statusOf(refusal)
  const headers = {
    ...{ ...always, ...problemHeaders(refusal), 'x-request-id': id, traceparent },
    ...{ date: new Date().toUTCString(), 'content-length': String(Buffer.byteLength(body)), connection: 'close' },
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}

function refusalOf({ code, rawPacket }: Unreadable): AppError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const longLine = rawPacket instanceof Buffer && !rawPacket.subarray(0, maxUrlBytes + 64).includes('\r\n')
    return longLine ? edgeErrors.URL_TOO_LONG() : edgeErrors.HEADERS_TOO_LARGE()
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return edgeErrors.REQUEST_TIMEOUT()
  if (code === unknownMethod || (code === 'HPE_INVALID_METHOD' && isRequestLine(rawPacket))) return edgeErrors.METHOD_UNKNOWN()
  if (code === 'HPE_INVALID_VERSION') return edgeErrors.HTTP_VERSION_UNKNOWN()
  return portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'malformed', message: 'This is not HTTP' }] })
}

/** Node reports any line that does not start with a known method as an invalid method. */
const isRequestLine = (packet: unknown): boolean =>
  packet instanceof Buffer && /^[!#$%&'*+.^`|~\w-]{1,64} \S+ HTTP\/\d\.\d\r?\n/.test(packet.toString('latin1'))
