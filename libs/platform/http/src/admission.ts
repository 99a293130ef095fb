import { type Actor, AppError, permits, portErrors, runCall, system } from '@kilomega/ports'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { addHeader } from './answer.js'
import type { Authenticator } from './authenticator.js'
import type { HttpConfig } from './http.config.js'
import { countedAddress } from './network.js'
import { RateLimiter } from './rate-limiter.js'
import type { Route } from './route.js'

/** Decides before a body is read whether a request may go on: who sends it, whether the matched route allows that caller, and whether the caller's quota does. */
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
   * Throws or rejects with the refusal. It is asynchronous only for a token that this process does not know yet. Routes of the system itself are open to
   * everything that reaches the internal port, and closed to everything else.
   */
  admit(route: Route, request: FastifyRequest, reply: FastifyReply): Promise<void> | void {
    const { authorization } = request.headers
    if (route.access === 'system' && request.edge.internal) request.edge.actor = system
    if (authorization === undefined || route.access === 'system') return this.allow(route, request, reply)
    const token = tokenIn(authorization)
    const known = token === undefined ? undefined : this.authenticator?.recognise(token)
    if (known === undefined) return this.authenticate(token, route, request, reply)
    request.edge.actor = known
    this.allow(route, request, reply)
  }

  private authenticate(token: string | undefined, route: Route, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.actorOf(token, request).then(
      (actor) => {
        request.edge.actor = actor
        this.allow(route, request, reply)
      },
      (error: unknown) => this.refuse(error, request),
    )
  }

  private actorOf(token: string | undefined, { edge, headers }: FastifyRequest): Promise<Actor> {
    const { authenticator } = this
    const call = edge.call(headers, { budgetMs: this.config.budgetMs })
    if (token === undefined || authenticator === undefined) return Promise.reject(portErrors.UNAUTHENTICATED())
    return runCall(call, () => authenticator.authenticate(token))
  }

  /** A client that guesses tokens is counted by its address. */
  private refuse(error: unknown, request: FastifyRequest): never {
    const guessed = error instanceof AppError && error.kind === 'unauthenticated'
    if (guessed && !this.limiters.general.take(countedAddress(request.ip)).allowed) throw portErrors.RATE_LIMITED()
    throw error
  }

  private allow(route: Route, request: FastifyRequest, reply: FastifyReply): void {
    const { actor, internal } = request.edge
    if (!permits(route.access, actor)) throw actor.kind === 'anonymous' ? portErrors.UNAUTHENTICATED() : portErrors.FORBIDDEN()
    if (route.limit !== 'none' && !internal) this.count(this.limiters[route.limit], request, reply)
  }

  private count(limiter: RateLimiter, request: FastifyRequest, reply: FastifyReply): void {
    const { actor } = request.edge
    const byUser = limiter.name === 'general' && actor.kind === 'user'
    const { allowed, remaining, resetS } = limiter.take(byUser ? actor.id : countedAddress(request.ip))
    addHeader(reply, 'ratelimit-policy', limiter.policy)
    addHeader(reply, 'ratelimit', `"${limiter.name}";r=${remaining};t=${resetS}`)
    if (!allowed) throw portErrors.RATE_LIMITED({ retryAfterS: resetS })
  }
}

const scheme = 'bearer '
const maxTokenLength = 8_192

/** Only the form is checked here; the authenticator decides whether the token is good. */
function tokenIn(authorization: string): string | undefined {
  if (authorization.length > scheme.length + maxTokenLength || authorization.slice(0, scheme.length).toLowerCase() !== scheme) return undefined
  return authorization.slice(scheme.length)
}
