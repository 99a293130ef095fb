import { ConfigError } from '@kilomega/config'
import { MigrationError } from '@kilomega/database'
import { AppError } from '@kilomega/ports'

/** Errors that are meant for a person are shown as they are. An internal error is shown with its stack, because nothing else helps then. */
export function messageOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof MigrationError) return error.message
  if (error instanceof AppError) return `${error.message} (${error.code} ${JSON.stringify(error.details ?? {})})`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
