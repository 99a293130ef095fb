import { EmbeddedPostgresError } from '@kilomega/database'
import { ServerError } from '@kilomega/servers'
import { Failure } from '../failure.js'

/** What a person is told of an error on the way up. */
export function asFailure(error: unknown): unknown {
  if (error instanceof EmbeddedPostgresError || error instanceof ServerError) return new Failure(error.message)
  const { code, path } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC') return new Failure('The disk is full: make room and start again')
  if (code === 'EACCES' || code === 'EPERM')
    return new Failure(`${path ?? '.kilomega'} cannot be used by this user: change its owner, or remove it with the user who made it`)
  return error
}
