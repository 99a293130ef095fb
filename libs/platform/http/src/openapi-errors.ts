import { type RegisteredError, registeredErrors } from '@kilomega/ports'
import { isReplayable } from './idempotency/idempotency.js'
import type { Route } from './route.js'

const problem = { $ref: '#/components/schemas/Problem' }

/** The refusals of a route by status: those implied by its declaration, and those that it lists. */
export function errorResponses(route: Route): Record<string, unknown> {
  const byStatus = new Map<number, RegisteredError[]>()
  for (const error of errorsOf(route)) byStatus.set(error.status, [...(byStatus.get(error.status) ?? []), error])
  const responses = [...byStatus].sort(([a], [b]) => a - b).map(([status, errors]) => [status, response(status, errors)] as const)
  return {
    ...Object.fromEntries(responses),
    default: { description: 'Any other refusal or failure', content: { 'application/problem+json': { schema: problem } } },
  }
}

/** The authenticator has its own codes for 401, so here they are examples only. */
function response(status: number, errors: RegisteredError[]) {
  const codes = errors.map(({ code }) => code)
  const code = status === 401 ? { type: 'string', examples: codes } : { enum: codes }
  return {
    description: errors.map(({ code, message }) => `\`${code}\`: ${message}`).join('. '),
    content: { 'application/problem+json': { schema: { allOf: [problem, { type: 'object', properties: { code } }] } } },
  }
}

function errorsOf(route: Route): RegisteredError[] {
  const declared = new Map(registeredErrors().map((error) => [error.code, error]))
  const codes = new Set([...impliedCodes(route), ...(route.errors ?? [])])
  return [...codes].map((code) => {
    const error = declared.get(code)
    if (error === undefined) throw new Error(`route ${route.method} ${route.path} names the error code ${code}, which is not declared`)
    return error
  })
}

/** An invalid token is refused everywhere, even if no token is needed. */
function impliedCodes(route: Route): string[] {
  const { method, params, query, body, access, conditional, limit, upload } = route
  return [
    'VALIDATION_FAILED',
    'UNAUTHENTICATED',
    ...(query !== undefined && 'cursor' in query.shape ? ['INVALID_CURSOR'] : []),
    ...(access === 'admin' ? ['FORBIDDEN'] : []),
    ...(method === 'GET' ? [] : ['ORIGIN_NOT_ALLOWED', 'UNSUPPORTED_CONTENT_TYPE']),
    ...(params === undefined ? [] : ['NOT_FOUND']),
    ...(conditional ? ['PRECONDITION_REQUIRED', 'PRECONDITION_FAILED'] : []),
    ...(body !== undefined || upload ? ['PAYLOAD_TOO_LARGE', 'REQUEST_TIMEOUT'] : []),
    ...(isReplayable(route) ? ['IDEMPOTENCY_IN_PROGRESS', 'IDEMPOTENCY_KEY_REUSED', 'INVALID_IDEMPOTENCY_KEY'] : []),
    ...(limit === 'none' ? [] : ['RATE_LIMITED']),
  ]
}
