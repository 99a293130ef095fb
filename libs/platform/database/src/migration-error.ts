/** Why a schema cannot be brought to what the program needs, or does not fit it. The message is for a person. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}
