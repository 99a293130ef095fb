import { AppError, portErrors, type Problem, statusOf } from '@kilomega/ports'
import { z } from 'zod'
import { edgeErrors } from './edge-errors.js'

export const problemType = 'application/problem+json'

/** RFC 9457, with the code from the registry and the id under which the request is found in the logs. */
export const ProblemBody = z.object({
  type: z.string().meta({ example: 'urn:kilomega:error:NOT_FOUND' }),
  title: z.string().meta({ example: 'The resource does not exist' }),
  status: z.int().meta({ example: 404 }),
  code: z.string().meta({ example: 'NOT_FOUND' }),
  detail: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).optional(),
  moreErrors: z
    .int()
    .optional()
    .meta({ description: 'Number of further errors that are not listed; counted up to 1,000 in a large body', example: 3 }),
  requestId: z.string().meta({ example: '0af7651916cd43dd8448eb211c80319c' }),
})

export type ProblemBody = z.infer<typeof ProblemBody>

interface KnownDetails {
  detail?: string
  errors?: Problem[]
  moreErrors?: number
  retryAfterS?: number
}

/** Details are for our own programs: only those known to be meant for callers are sent. */
const knownDetails = (error: AppError): KnownDetails => (error.details ?? {}) as KnownDetails

export function problemBody(error: AppError, requestId: string): ProblemBody {
  const { detail, errors, moreErrors } = knownDetails(error)
  return {
    type: `urn:kilomega:error:${error.code}`,
    title: error.message,
    status: statusOf(error),
    code: error.code,
    ...(typeof detail === 'string' && { detail }),
    ...(Array.isArray(errors) && { errors }),
    ...(typeof moreErrors === 'number' && { moreErrors }),
    requestId,
  }
}

/** Headers that go with the status of an error. The rest of a request that is too large or too slow is not read. */
export function problemHeaders(error: AppError): Record<string, string> {
  const status = statusOf(error)
  const headers: Record<string, string> = { 'content-type': problemType, 'cache-control': 'no-store' }
  if (status === 401) headers['www-authenticate'] = 'Bearer'
  if (status === 413 || status === 408) headers['connection'] = 'close'
  const { retryAfterS } = knownDetails(error)
  if (status === 429 || status === 503 || retryAfterS !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterS ?? 1)))
  return headers
}

const errorByStatus: Record<number, () => AppError> = {
  401: portErrors.UNAUTHENTICATED,
  403: portErrors.FORBIDDEN,
  404: portErrors.NOT_FOUND,
  413: portErrors.PAYLOAD_TOO_LARGE,
  414: edgeErrors.URL_TOO_LONG,
  415: edgeErrors.UNSUPPORTED_CONTENT_TYPE,
  431: edgeErrors.HEADERS_TOO_LARGE,
}

/** The error as one of the registry: errors of Fastify, its plugins and Nest are recognised by their status alone. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const status = foreignStatus(error)
  if (status === undefined || status >= 500) return portErrors.INTERNAL(undefined, error)
  const message = 'The request could not be read'
  return errorByStatus[status]?.() ?? portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'malformed', message }] })
}

function foreignStatus(error: unknown): number | undefined {
  const { statusCode, status } = error as { statusCode?: unknown; status?: unknown }
  const found = statusCode ?? status
  return typeof found === 'number' && found >= 400 ? found : undefined
}
