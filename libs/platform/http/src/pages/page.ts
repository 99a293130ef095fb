import type { FastifyRequest } from 'fastify'
import type { ProblemBody } from '../problem.js'

/** How a route answers that people reach with a browser, by a link in a mail. */
export interface Page {
  /** The page that tells a person of a problem. What callers sent is in it as text, so it has to be escaped. */
  problem: (problem: ProblemBody) => string
  /** Content-Security-Policy of its answers. */
  contentPolicy: string
}

/**
 * What answers of a page say. Without a referrer to its own origin a browser would call the origin of a form `null`, which is refused; to other origins
 * nothing is told, because the address of the page may hold a token.
 */
export const pageHeaders = ({ contentPolicy }: Page): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': contentPolicy,
  'referrer-policy': 'same-origin',
})

/** Of the matched route, also where the request was refused before its route was looked at. */
export const pageOf = ({ is404, routeOptions }: FastifyRequest): Page | undefined => (is404 ? undefined : routeOptions.config.route?.page)
