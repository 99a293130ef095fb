import { Credentials, IdentityPort, OneTimeToken, PublicKeys, Session } from '@kilomega/contracts'
import { Body, networkOf, Request, Route, Routes } from '@kilomega/http'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

const Refreshing = z.object({ refreshToken: OneTimeToken }).meta({ title: 'RefreshToken' })
const common = { method: 'POST', access: 'anyone', limit: 'credentials', status: 201, answer: Session.meta({ title: 'Session' }) } as const

@Routes('Signing in and out, and the keys that verify tokens')
export class SessionsController {
  constructor(private readonly identity: IdentityPort) {}

  @Route({
    ...common,
    path: '/v1/sessions',
    summary: 'Signs in',
    budget: { queries: 4, bytes: 1_000 },
    body: Credentials,
    errors: ['INVALID_CREDENTIALS', 'TOO_MANY_ATTEMPTS'],
  })
  logIn(@Body() credentials: z.output<typeof Credentials>, @Request() { ip }: FastifyRequest) {
    return this.identity.logIn({ ...credentials, network: networkOf(ip) })
  }

  @Route({
    ...common,
    path: '/v1/sessions/refresh',
    summary: 'Exchanges a refresh token for a new one, once; a repeat within 10 s gets the same one, a later repeat ends the session',
    budget: { queries: 1, bytes: 1_000 },
    body: Refreshing,
    errors: ['SESSION_ENDED'],
  })
  refresh(@Body() refreshing: z.output<typeof Refreshing>) {
    return this.identity.refresh(refreshing)
  }

  @Route({ method: 'DELETE', path: '/v1/sessions/current', access: 'user', summary: 'Signs out', budget: { queries: 3, bytes: 0 }, status: 204 })
  logOut() {
    return this.identity.logOut({})
  }

  @Route({
    method: 'GET',
    path: '/.well-known/jwks.json',
    access: 'anyone',
    summary: 'The keys that verify access tokens',
    budget: { queries: 0, bytes: 1_000 },
    answer: PublicKeys,
    cacheControl: 'public, max-age=300, stale-if-error=86400',
  })
  publicKeys() {
    return this.identity.publicKeys({})
  }
}
