import { systemFailureText } from './system-failure.js'

/** A message for a person: what is wrong and what to do, in one line. Anything else that is thrown is a bug in `km`. */
export class Failure extends Error {
  override readonly name: string = 'Failure'
}

/** A command was used wrongly: exit code 2. */
export class UsageFailure extends Failure {}

/** The command has run and has reported what is wrong: only the exit code remains to be set. */
export class ReportedFailure extends Error {
  override readonly name = 'ReportedFailure'
}

export function failureText(error: unknown): string {
  if (error instanceof Failure) return error.message
  return systemFailureText(error) ?? stackOf(error)
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
