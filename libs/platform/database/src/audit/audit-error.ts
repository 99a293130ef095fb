/** A database cannot be audited. The message is one line for a person: what is wrong and what to do. */
export class AuditError extends Error {
  override readonly name = 'AuditError'
}
