import { type Actor, portErrors } from '@kilomega/ports'

/** Who may write: the owner of a post, and for changes and removals also an admin. */
export interface Writer {
  id: string
  admin: boolean
}

/** Posts are written by people: the system has none of its own. */
export function writerOf(actor: Actor): Writer {
  if (actor.kind !== 'user') throw portErrors.FORBIDDEN()
  return { id: actor.id, admin: actor.role === 'admin' }
}

/** The user whose drafts are shown in addition to published posts. */
export const readerOf = (actor: Actor): string | null => (actor.kind === 'user' ? actor.id : null)
