import type { FastifyRequest } from 'fastify'
import type { ProblemBody } from '../problem.js'

/** How a route answers people who open it in a browser, by a link in a mail. */
export interface Page {
  /** Makes the page that shows a problem to a person. The problem may contain text that callers sent, which has to be escaped. */
  problem: (problem: ProblemBody) => string
  /** The Content-Security-Policy of its answers. */
  contentPolicy: string
}

/**
 * The headers of a page's answers. If the referrer were not sent to our own origin, a browser would send `null` as the origin of a form, which is refused. It is
 * not sent to other origins, because the URL of the page may contain a token.
 */
export const pageHeaders = ({ contentPolicy }: Page): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': contentPolicy,
  'referrer-policy': 'same-origin',
})

/** The page of the matched route, even if the request was refused before the route ran. */
export const pageOf = ({ is404, routeOptions }: FastifyRequest): Page | undefined => (is404 ? undefined : routeOptions.config.route?.page)
