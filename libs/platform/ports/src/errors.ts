import { AppError, type ErrorKind, statusByKind } from './app-error.js'

/** Kind, message, and the HTTP status if it is not the one of the kind (412, 413, 415, 422, 428, 507). */
export type ErrorDefinition = readonly [kind: ErrorKind, message: string, status?: number]

export interface RegisteredError {
  code: string
  kind: ErrorKind
  message: string
  status: number
}

type Makers<D extends Record<string, ErrorDefinition>> = { readonly [Code in keyof D]: (details?: unknown, cause?: unknown) => AppError }

const registry = new Map<string, RegisteredError>()

/**
 * Declares error codes next to the port that returns them: `throw searchErrors.SEARCH_REBUILDING()`. Codes are literal UPPER_SNAKE, so that a
 * search for a code finds its declaration. Each code is declared once: a second declaration throws while modules load.
 */
export function errors<const D extends Record<string, ErrorDefinition>>(definitions: D): Makers<D> {
  const makers: Record<string, (details?: unknown, cause?: unknown) => AppError> = {}
  for (const [code, definition] of Object.entries(definitions)) makers[code] = register(code, definition)
  return makers as Makers<D>
}

function register(code: string, [kind, message, status = statusByKind[kind]]: ErrorDefinition) {
  if (!/^[A-Z][A-Z0-9_]+$/.test(code)) throw new Error(`error code ${code} is not UPPER_SNAKE`)
  if (registry.has(code)) throw new Error(`error code ${code} is declared twice`)
  registry.set(code, { code, kind, message, status })
  return (details?: unknown, cause?: unknown) => new AppError(kind, code, message, details, cause === undefined ? undefined : { cause })
}

/** Every code that the loaded modules declare, sorted. `docs/errors.md` is generated from it. */
export const registeredErrors = (): RegisteredError[] => [...registry.values()].sort((a, b) => (a.code < b.code ? -1 : 1))

/** The HTTP status of an error: the one that its code declares, otherwise the one of its kind. */
export const statusOf = (error: { code: string; kind: ErrorKind }): number => registry.get(error.code)?.status ?? statusByKind[error.kind]

/** Errors that any operation of any port may return. */
export const portErrors = errors({
  VALIDATION_FAILED: ['invalid', 'The request is not valid'],
  PAYLOAD_TOO_LARGE: ['invalid', 'The request is too large', 413],
  UNAUTHENTICATED: ['unauthenticated', 'You are not signed in'],
  FORBIDDEN: ['forbidden', 'You may not do this'],
  NOT_FOUND: ['missing', 'The resource does not exist'],
  CONFLICT: ['conflict', 'Somebody else has changed this in the meantime'],
  RATE_LIMITED: ['exhausted', 'Too many requests; try again later'],
  INTERNAL: ['internal', 'Something went wrong on our side'],
  DEPENDENCY_UNAVAILABLE: ['unavailable', 'A part of the service cannot be reached; try again'],
  PORT_OVERLOADED: ['unavailable', 'The service is overloaded; try again'],
  IDEMPOTENCY_KEY_REUSED: ['conflict', 'This key was used for another request', 422],
  COMMAND_IN_BATCH: ['internal', 'A command was called for a batch of events: it needs the key of one event, so declare @Hears(…, { batch: 1 })'],
  DEADLINE_EXCEEDED: ['deadline', 'The request took too long'],
  CALL_CANCELLED: ['deadline', 'The caller has disconnected'],
})
