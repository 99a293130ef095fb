import { errors } from '@kilomega/ports'

export const databaseErrors = errors({
  DATABASE_FULL: ['unavailable', 'There is not enough space to store this', 507],
  POOL_SATURATED: ['unavailable', 'The database is too busy; try again'],
})

/** The SQLSTATE of an error that Postgres answered (or the `code` of a failed connection), also through TypeORM's wrapper. */
export function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

const violates =
  (state: string) =>
  (error: unknown, constraint?: string): boolean =>
    codeOf(error) === state && (constraint === undefined || (error as { constraint?: string }).constraint === constraint)

/** The row is there already. `constraint` is the name of the unique index that said so; without it any. */
export const isUniqueViolation = violates('23505')
export const isForeignKeyViolation = violates('23503')
/** Also: no partition takes the row. */
export const isCheckViolation = violates('23514')

/** Serialization failure and deadlock: the same work succeeds when it is done again. */
export const isRetryable = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error) ?? '')

/** By our cancel request or by `statement_timeout`. */
export const isCancelled = (error: unknown): boolean => codeOf(error) === '57014'

export const isLockTimeout = (error: unknown): boolean => codeOf(error) === '55P03'

/** The disk of the server has no room for more. Reads go on, and so does everything else when there is room. */
export const isFull = (error: unknown): boolean => codeOf(error) === '53100'

/** Classes 08 (connection) and 57P0x (shutdown, crash, starting), too many connections, read-only after a failover, and what sockets say. */
const unavailable = /^(08...|57P0[1-5]|53300|25006|25P0[34]|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/
const unavailableText = /^(Connection terminated|Client (has encountered|was closed)|timeout e|Query read timeout|Cannot use a pool after)/

/** The connection is of no more use and the work may succeed on another. */
export const isUnavailable = (error: unknown): boolean =>
  unavailable.test(codeOf(error) ?? '') || (error instanceof Error && unavailableText.test(error.message))
