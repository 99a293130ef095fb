import type { IncomingMessage } from 'node:http'

/**
 * Reads and discards the rest of a refused body. Many clients read nothing before they have sent everything: if their data stays unread, it fills
 * the buffers in between, both sides wait for each other, and the answer is lost when the connection is cut.
 */
export function discardBody(body: IncomingMessage): void {
  body.unpipe()
  body.removeAllListeners('data')
  body.resume()
}
