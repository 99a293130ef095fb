import type { Actor } from '@kilomega/ports'

/** By which what belongs to a caller is kept. All anonymous callers are one. */
export const principalOf = (actor: Actor): string => (actor.kind === 'user' ? `user:${actor.id}` : actor.kind)
