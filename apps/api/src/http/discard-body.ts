import type { IncomingMessage } from 'node:http'

/**
 * Reads what is still to come of a refused body and forgets it. Many clients read nothing before they have sent everything: left unread, what they send fills
 * the buffers between us, they wait for each other, and the answer is lost when the connection is cut.
 */
export function discardBody(body: IncomingMessage): void {
  body.unpipe()
  body.removeAllListeners('data')
  body.resume()
}
