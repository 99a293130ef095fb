import { EmbeddedPostgresError } from '@kilomega/database'
import { ServerError } from '@kilomega/servers'
import { Failure } from '../failure.js'

/** What a person is told of an error on the way up. */
export function asFailure(error: unknown): unknown {
  if (error instanceof EmbeddedPostgresError || error instanceof ServerError) return new Failure(error.message)
  return error
}
