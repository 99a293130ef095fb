export type ServerProblem = 'NOT_FOUND' | 'NOT_INSTALLED' | 'PORT_TAKEN' | 'FOLDER_IN_USE' | 'START_FAILED'

/** Why a server is not running. The message is one line for a person: what is wrong, with the server's own last output if there is any. */
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
