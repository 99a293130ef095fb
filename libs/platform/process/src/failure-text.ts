import { ConfigError } from '@kilomega/config'
import { MigrationError } from '@kilomega/database'

/** Errors that are meant for a person are shown as they are; a fault of ours with its stack, which is all that helps then. */
export function messageOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof MigrationError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
