export type EmbeddedPostgresProblem =
  'PORT_TAKEN' | 'DISK_FULL' | 'FOLDER_NOT_ACCESSIBLE' | 'FOLDER_IN_USE' | 'OTHER_VERSION' | 'PASSWORD_LOST' | 'NO_BINARIES' | 'START_FAILED'

/** Why the embedded server is not running. The message is one line for a person: what is wrong and what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError'

  constructor(
    readonly problem: EmbeddedPostgresProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
