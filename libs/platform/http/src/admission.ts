import { AppError, permits, portErrors, runCall, system } from '@kilomega/ports'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Authenticator } from './authenticator.js'
import type { HttpConfig } from './http.config.js'
import { countedAddress } from './network.js'
import { RateLimiter } from './rate-limiter.js'
import type { Route } from './route.js'

/** Decides before a body is read whether a request may go on: who asks, whether the matched route lets him, and whether his quota does. */
export class Admission {
  private readonly limiters: Record<'general' | 'credentials', RateLimiter>

  constructor(
    private readonly config: HttpConfig,
    private readonly authenticator: Authenticator | undefined,
  ) {
    this.limiters = {
      general: new RateLimiter('general', config.limitPerMinute),
      credentials: new RateLimiter('credentials', config.credentialLimitPerMinute),
    }
  }

  /**
   * Throws or rejects with the refusal; only a token makes it asynchronous. Routes of the system itself are open to whoever reaches the internal
   * port, and to nobody else.
   */
  admit(route: Route, request: FastifyRequest, reply: FastifyReply): Promise<void> | void {
    const { authorization } = request.headers
    if (route.access === 'system' && request.edge.internal) request.edge.actor = system
    if (authorization === undefined || route.access === 'system') return this.allow(route, request, reply)
    return this.identify(authorization, request).then(() => this.allow(route, request, reply))
  }

  private async identify(authorization: string, request: FastifyRequest): Promise<void> {
    const { edge, ip } = request
    try {
      edge.actor = await runCall(edge.call(request, this.config.budgetMs), () => this.actorOf(authorization))
    } catch (error) {
      const guessed = error instanceof AppError && error.kind === 'unauthenticated'
      if (guessed && !this.limiters.general.take(countedAddress(ip)).allowed) throw portErrors.RATE_LIMITED()
      throw error
    }
  }

  private async actorOf(authorization: string) {
    const [, token] = /^bearer ([A-Za-z0-9._~+/=-]{1,8192})$/i.exec(authorization) ?? []
    if (token === undefined || this.authenticator === undefined) throw portErrors.UNAUTHENTICATED()
    return this.authenticator.authenticate(token)
  }

  private allow(route: Route, request: FastifyRequest, reply: FastifyReply): void {
    const { actor, internal } = request.edge
    if (!permits(route.access, actor)) throw actor.kind === 'anonymous' ? portErrors.UNAUTHENTICATED() : portErrors.FORBIDDEN()
    if (route.limit !== 'none' && !internal) this.count(this.limiters[route.limit], request, reply)
  }

  private count(limiter: RateLimiter, { edge, ip }: FastifyRequest, reply: FastifyReply): void {
    const byUser = limiter.name === 'general' && edge.actor.kind === 'user'
    const { allowed, remaining, resetS } = limiter.take(byUser ? (edge.actor as { id: string }).id : countedAddress(ip))
    reply.header('ratelimit-policy', limiter.policy).header('ratelimit', `"${limiter.name}";r=${remaining};t=${resetS}`)
    if (!allowed) throw portErrors.RATE_LIMITED({ retryAfterS: resetS })
  }
}
