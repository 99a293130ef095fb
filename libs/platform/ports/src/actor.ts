import { z } from 'zod'

/** The caller. Jobs, domain events and start-up work act as the system; a call that does not name an actor is anonymous. */
export const Actor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('anonymous') }),
  z.object({ kind: z.literal('user'), id: z.string(), role: z.enum(['user', 'admin']), sessionId: z.string() }),
  z.object({ kind: z.literal('system') }),
])
export type Actor = z.infer<typeof Actor>

export const anonymous: Actor = Object.freeze({ kind: 'anonymous' })
export const system: Actor = Object.freeze({ kind: 'system' })

/** Who may call an operation. If it declares nothing, only the system may. */
export type Access = 'anyone' | 'user' | 'admin' | 'system'

export function permits(access: Access, actor: Actor): boolean {
  if (access === 'anyone' || actor.kind === 'system') return true
  if (actor.kind !== 'user' || access === 'system') return false
  return access === 'user' || actor.role === 'admin'
}
