import { identityErrors, KnownTokens, type Principal } from '@kilomega/contracts'
import { DatabaseClock } from '@kilomega/database'
import { portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { AccessTokens } from './drivers/access-tokens.js'
import { EndedSessions } from './ended-sessions.js'
import { Operator } from './operator.js'
import { VerifiedTokens } from './verified-tokens.js'

/**
 * Verified tokens kept in memory, about 700 bytes each. The key is the text itself: a digest would cost 2 us at each call, and an attacker who can read our
 * memory finds the key that signs them all. Each hit saves the 100 us that verifying a signature costs.
 */
const rememberedTokens = 20_000

/** Authenticates the bearers of access tokens. */
@Injectable()
export class Bearers extends KnownTokens {
  private readonly verified = new VerifiedTokens(rememberedTokens)

  constructor(
    private readonly tokens: AccessTokens,
    private readonly ended: EndedSessions,
    private readonly operator: Operator,
    private readonly clock: DatabaseClock,
  ) {
    super()
  }

  issue(principal: Principal): Promise<string> {
    return this.tokens.sign(principal)
  }

  /**
   * Checks at every call that the session has not ended, whether the token is remembered or not. Answers synchronously when there is nothing to wait for,
   * which is nearly always: an additional promise costs each call 0.2 us.
   */
  authenticate(token: string): Principal | Promise<Principal> {
    const known = this.verified.get(token, this.clock.nowMs())
    if (known === undefined) return this.verifyNew(token)
    const ended = this.ended.has(known.principal.sessionId)
    return typeof ended === 'boolean' ? unlessEnded(known.principal, ended) : ended.then((one) => unlessEnded(known.principal, one))
  }

  principalOf(token: string): Principal | undefined {
    const known = this.verified.get(token, this.clock.nowMs())
    return known !== undefined && this.ended.hasAtOnce(known.principal.sessionId) === false ? known.principal : undefined
  }

  publicKeys() {
    return this.tokens.publicKeys()
  }

  private async verifyNew(token: string): Promise<Principal> {
    const operator = this.operator.recognise(token)
    if (operator !== undefined) return operator
    const verified = await this.tokens.verify(token)
    if (verified === undefined) throw portErrors.UNAUTHENTICATED()
    this.verified.put(token, verified)
    return unlessEnded(verified.principal, await this.ended.has(verified.principal.sessionId))
  }
}

function unlessEnded(principal: Principal, ended: boolean): Principal {
  if (ended) throw identityErrors.SESSION_ENDED()
  return principal
}
