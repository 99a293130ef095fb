import { hash } from 'node:crypto'
import { identityErrors, type Principal } from '@kilomega/contracts'
import { Clock, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { AccessTokens, type VerifiedToken } from './drivers/access-tokens.js'
import { EndedSessions } from './ended-sessions.js'
import { Operator } from './operator.js'
import { VerifiedTokens } from './verified-tokens.js'

/** Tokens remembered, about 300 bytes each. Remembering saves the 100 us that a signature costs; a digest costs 1. */
const rememberedTokens = 20_000

/** Who bears a token. */
@Injectable()
export class Bearers {
  private readonly verified = new VerifiedTokens(rememberedTokens)

  constructor(
    private readonly tokens: AccessTokens,
    private readonly ended: EndedSessions,
    private readonly operator: Operator,
    private readonly clock: Clock,
  ) {}

  issue(principal: Principal): Promise<string> {
    return this.tokens.sign(principal)
  }

  /** That the session has not been ended is asked at every call, whether the token is remembered or not. */
  async authenticate(token: string): Promise<Principal> {
    const digest = hash('sha256', token, 'base64')
    const operator = this.operator.recognise(digest)
    if (operator !== undefined) return operator
    const { principal } = this.verified.get(digest, this.clock.now().getTime()) ?? (await this.verify(token, digest))
    if (await this.ended.has(principal.sessionId)) throw identityErrors.SESSION_ENDED()
    return principal
  }

  publicKeys() {
    return this.tokens.publicKeys()
  }

  private async verify(token: string, digest: string): Promise<VerifiedToken> {
    const verified = await this.tokens.verify(token)
    if (verified === undefined) throw portErrors.UNAUTHENTICATED()
    this.verified.put(digest, verified)
    return verified
  }
}
