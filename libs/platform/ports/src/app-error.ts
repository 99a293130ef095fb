/** The nine kinds of errors. The kind alone decides whether a retry may help and, unless the code declares another one, the HTTP status. */
export const statusByKind = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  exhausted: 429,
  internal: 500,
  unavailable: 503,
  deadline: 504,
} as const

export type ErrorKind = keyof typeof statusByKind

/** Whether a retry of the same call may succeed: `exhausted` is the caller's own quota, `unavailable` means that we are full or down. */
export const mayRetry = (kind: ErrorKind): boolean => kind === 'exhausted' || kind === 'unavailable'

/** An error as it crosses a wire. `details` is JSON for the caller's program, never text for a person. */
export interface ErrorValue {
  kind: ErrorKind
  code: string
  message: string
  details?: unknown
}

/**
 * An operational error with a name from the registry (see `errors`). It crosses a port as kind, code, message and details; stack and cause stay
 * in the process that threw it. A programming error is not an AppError: it crosses as `INTERNAL`, without its text.
 */
export class AppError extends Error {
  override readonly name = 'AppError'

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly details?: unknown,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  toValue(): ErrorValue {
    const { kind, code, message, details } = this
    return details === undefined ? { kind, code, message } : { kind, code, message, details }
  }

  static from({ kind, code, message, details }: ErrorValue): AppError {
    return new AppError(kind, code, message, details)
  }
}
