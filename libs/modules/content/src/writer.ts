import { type Actor, portErrors } from '@kilomega/ports'

/** Who may write: the owner of a post and, where a change or a removal is concerned, an admin. */
export interface Writer {
  id: string
  admin: boolean
}

/** Posts are written by people: the system has no posts of its own. */
export function writerOf(actor: Actor): Writer {
  if (actor.kind !== 'user') throw portErrors.FORBIDDEN()
  return { id: actor.id, admin: actor.role === 'admin' }
}

/** Whose drafts are shown, besides what is published. */
export const readerOf = (actor: Actor): string | null => (actor.kind === 'user' ? actor.id : null)
