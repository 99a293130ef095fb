import { EmbeddedPostgresError } from '@kilomega/database'
import { ServerError } from '@kilomega/servers'
import { Failure } from '../failure.js'

/** The message for a person about an error during a start. */
export function asFailure(error: unknown): unknown {
  if (error instanceof EmbeddedPostgresError || error instanceof ServerError) return new Failure(error.message)
  return error
}
