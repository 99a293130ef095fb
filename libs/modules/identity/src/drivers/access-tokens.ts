import type { Principal, PublicKeys } from '@kilomega/contracts'
import type { z } from 'zod'

export interface VerifiedToken {
  principal: Principal
  /** From when on it is accepted, milliseconds since 1970. */
  fromMs: number
  /** When it stops being accepted, milliseconds since 1970. */
  untilMs: number
}

/** Makes and verifies the tokens that say, without a look into any table, who calls. */
export abstract class AccessTokens {
  /** A token that is good for `lifetimesS.accessToken`. */
  abstract sign(principal: Principal): Promise<string>

  /** What a token says; nothing where it is not ours, not for us, too old, issued in the future, or not a token at all. It never throws because of what it was given. */
  abstract verify(token: string): Promise<VerifiedToken | undefined>

  /** What others need to verify our tokens, as a JWKS. */
  abstract publicKeys(): z.infer<typeof PublicKeys>
}
