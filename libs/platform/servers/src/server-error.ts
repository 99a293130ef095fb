export type ServerProblem = 'NOT_FOUND' | 'NOT_INSTALLED' | 'PORT_TAKEN' | 'FOLDER_IN_USE' | 'START_FAILED'

/** Why a server does not run. The message is one line for a person: what is wrong, in the server's own last words where it had any. */
export class ServerError extends Error {
  override readonly name = 'ServerError'

  constructor(
    readonly problem: ServerProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
