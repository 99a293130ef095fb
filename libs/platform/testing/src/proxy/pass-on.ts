import { type Agent, type IncomingMessage, request as send, type ServerResponse } from 'node:http'

/** How one attempt at one backend ended. */
export type Outcome =
  | 'answered'
  /** The answer was cut off, and with it the client's connection. */
  | 'broken'
  /** The client disconnected first. */
  | 'abandoned'
  /** No connection was established: the backend has not seen the request. */
  | 'refused'
  /** The connection ended before the first byte of an answer: the backend may have carried out the request. */
  | 'unanswered'

/** These headers belong to one connection (RFC 9110, 7.6.1), not to the message it carries. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Sends a request to a backend and its answer to the client, both as streams. Writes nothing to the client unless an answer arrives. */
export function passOn(backend: string, request: IncomingMessage, response: ServerResponse, agent: Agent): Promise<Outcome> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(backend)
    const upstream = send({ hostname, port, path: request.url!, method: request.method!, headers: endToEnd(request), agent })
    let [bytesBefore, broke] = [0, false]
    upstream.on('socket', (socket) => (bytesBefore = socket.bytesRead))
    upstream.on('error', (error: NodeJS.ErrnoException) => {
      const began = (upstream.socket?.bytesRead ?? 0) > bytesBefore
      resolve(began ? 'broken' : error.code === 'ECONNREFUSED' ? 'refused' : 'unanswered')
    })
    upstream.on('response', (answer) => {
      response.writeHead(answer.statusCode!, answer.statusMessage, rawEndToEnd(answer))
      answer.pipe(response)
      answer.on('error', () => {
        broke = true
        response.destroy()
      })
    })
    response.on('close', () => {
      resolve(response.writableFinished ? 'answered' : broke ? 'broken' : 'abandoned')
      if (!response.writableFinished) upstream.destroy()
    })
    if (hasBody(request)) request.pipe(upstream)
    else upstream.end()
  })
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

function endToEnd({ headers }: IncomingMessage): IncomingMessage['headers'] {
  const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/)
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name) && !named.includes(name)))
}

/** A list, because `set-cookie` may occur several times. */
function rawEndToEnd({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.filter((_, index) => !hopByHop.has(rawHeaders[index - (index % 2)]!.toLowerCase()))
}
