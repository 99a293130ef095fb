import { errors } from '@kilomega/ports'

export const databaseErrors = errors({
  DATABASE_FULL: ['unavailable', 'There is not enough space to store this', 507],
  POOL_SATURATED: ['unavailable', 'The database is too busy; try again'],
})

/** The SQLSTATE of an error returned by Postgres (or the `code` of a failed connection), also inside TypeORM's wrapper. */
export function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

const violates =
  (state: string) =>
  (error: unknown, constraint?: string): boolean =>
    codeOf(error) === state && (constraint === undefined || (error as { constraint?: string }).constraint === constraint)

/** The row exists already. `constraint` is the name of the unique index that was violated; if omitted, any index matches. */
export const isUniqueViolation = violates('23505')
export const isForeignKeyViolation = violates('23503')
/** Also raised when no partition accepts the row. */
export const isCheckViolation = violates('23514')

/** Serialization failure and deadlock: the same work succeeds when it is retried. */
export const isRetryable = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error) ?? '')

/** By our cancel request or by `statement_timeout`. */
export const isCancelled = (error: unknown): boolean => codeOf(error) === '57014'

export const isLockTimeout = (error: unknown): boolean => codeOf(error) === '55P03'

/** The server's disk is full. Reads still work, and writes work again once there is room. */
export const isFull = (error: unknown): boolean => codeOf(error) === '53100'

/** Classes 08 (connection) and 57P0x (shutdown, crash, startup), too many connections, read-only after a failover, and socket errors. */
const unavailable = /^(08...|57P0[1-5]|53300|25006|25P0[34]|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/
const unavailableText = /^(Connection terminated|Client (has encountered|was closed)|timeout e|Query read timeout|Cannot use a pool after)/

/** The connection is unusable, and the work may succeed on another one. */
export const isUnavailable = (error: unknown): boolean =>
  unavailable.test(codeOf(error) ?? '') || (error instanceof Error && unavailableText.test(error.message))
