import { nothingWritten } from '@kilomega/ports'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { carriesFreshness } from './freshness-tokens.js'
import type { FreshnessStore } from './freshness-store.js'
import { principalOf } from './principal.js'

/** Hooks that note how fresh the data of a signed-in caller must be, and that find it again for requests that do not carry it. To be called before routes are added. */
export function keepFreshness(fastify: FastifyInstance, store: FreshnessStore): void {
  const find = async ({ edge, headers }: FastifyRequest): Promise<void> => {
    if (edge.actor.kind !== 'anonymous' && !carriesFreshness(headers)) edge.keptFreshness = await store.of(principalOf(edge.actor))
  }
  const note = async ({ edge }: FastifyRequest, _reply: FastifyReply, payload: unknown): Promise<unknown> => {
    const freshness = edge.current?.freshness ?? nothingWritten
    if (edge.actor.kind !== 'anonymous' && freshness !== nothingWritten) await store.note(principalOf(edge.actor), freshness)
    return payload
  }
  fastify.addHook('onRoute', (options) => {
    if (options.config?.route === undefined) return
    const isRead = options.config.route.method === 'GET'
    if (isRead) options.preValidation = [...[options.preValidation ?? []].flat(), find] as never
    else options.onSend = [...[options.onSend ?? []].flat(), note] as never
  })
  fastify.addHook('onClose', async () => store.close())
}
