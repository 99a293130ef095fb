import type { DatabaseError } from 'pg'
import { isCancelled, isLockTimeout } from '../database-errors.js'

/** Why a check could not look, for a person. */
export function skipReasonOf(error: DatabaseError): string {
  if (isCancelled(error)) return 'it took longer than 5 s'
  if (isLockTimeout(error)) return 'another session keeps a table locked: look for long transactions'
  return error.message
}
