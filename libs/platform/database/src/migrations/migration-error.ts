/** Why a schema does not fit the program, or cannot be brought up to date. The message is for a person. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}
