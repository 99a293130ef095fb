import type { Principal, PublicKeys } from '@kilomega/contracts'
import type { z } from 'zod'

export interface VerifiedToken {
  principal: Principal
  /** When it starts being accepted, in milliseconds since 1970. */
  fromMs: number
  /** When it stops being accepted, in milliseconds since 1970. */
  untilMs: number
}

/** Makes and verifies the tokens that identify a caller without reading any table. */
export abstract class AccessTokens {
  /** Makes a token that is valid for `lifetimesS.accessToken`. */
  abstract sign(principal: Principal): Promise<string>

  /** The contents of a token; undefined if it is not ours, not for us, too old, issued in the future, or not a token at all. Never throws because of its input. */
  abstract verify(token: string): Promise<VerifiedToken | undefined>

  /** The keys that others need to verify our tokens, as a JWKS. */
  abstract publicKeys(): z.infer<typeof PublicKeys>
}
