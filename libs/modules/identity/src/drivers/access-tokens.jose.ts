import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { Principal } from '@kilomega/contracts'
import { DatabaseClock } from '@kilomega/database'
import { Injectable } from '@nestjs/common'
import { errors, jwtVerify, SignJWT } from 'jose'
import { IdentityConfig } from '../identity.config.js'
import { leewayS, lifetimesS } from '../lifetimes.js'
import { privateKey, publicKeys } from '../signing-keys.js'
import { AccessTokens, type VerifiedToken } from './access-tokens.js'

const algorithm = 'EdDSA'
/** RFC 9068: distinguishes access tokens from every other kind of JWT. */
const type = 'at+jwt'

/** JWTs signed with Ed25519. A token is verified by the key of ours that it names; everything else in its header is ignored. */
@Injectable()
export class JoseAccessTokens extends AccessTokens {
  private readonly signingKey: KeyObject
  private readonly signingKeyId: string
  private readonly verifyingKeys: ReadonlyMap<string, KeyObject>

  constructor(
    private readonly config: IdentityConfig,
    private readonly clock: DatabaseClock,
  ) {
    super()
    this.signingKey = readSigningKey(config)
    const current = createPublicKey(this.signingKey)
    this.signingKeyId = thumbprint(current)
    this.verifyingKeys = new Map([current, ...publicKeys(config.previousKeys)].map((key) => [thumbprint(key), key]))
  }

  sign({ id, role, sessionId }: Principal): Promise<string> {
    const nowS = Math.floor(this.clock.now().getTime() / 1_000)
    return new SignJWT({ sid: sessionId, role })
      .setProtectedHeader({ alg: algorithm, kid: this.signingKeyId, typ: type })
      .setIssuer(this.config.issuer)
      .setAudience(this.config.audience)
      .setSubject(id)
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + lifetimesS.accessToken)
      .sign(this.signingKey)
  }

  async verify(token: string): Promise<VerifiedToken | undefined> {
    try {
      return await this.verified(token)
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }

  publicKeys() {
    const keys = [...this.verifyingKeys].map(([kid, key]) => ({ ...key.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' }))
    return { keys }
  }

  private async verified(token: string): Promise<VerifiedToken | undefined> {
    const { payload } = await jwtVerify(token, ({ kid }) => this.keyNamed(kid), {
      algorithms: [algorithm],
      typ: type,
      issuer: this.config.issuer,
      audience: this.config.audience,
      requiredClaims: ['exp', 'iat', 'sub'],
      // Also refuses tokens issued in the future.
      maxTokenAge: lifetimesS.accessToken,
      clockTolerance: leewayS,
      currentDate: this.clock.now(),
    })
    const principal = Principal.safeParse({ id: payload.sub, role: payload['role'], sessionId: payload['sid'] })
    if (!principal.success) return undefined
    return { principal: Object.freeze(principal.data), fromMs: (payload.iat! - leewayS) * 1_000, untilMs: (payload.exp! + leewayS) * 1_000 }
  }

  private keyNamed(kid: string | undefined): KeyObject {
    const key = kid === undefined ? undefined : this.verifyingKeys.get(kid)
    if (key === undefined) throw new errors.JWKSNoMatchingKey()
    return key
  }
}

function readSigningKey({ signingKey }: IdentityConfig): KeyObject {
  try {
    return privateKey(signingKey.reveal())
  } catch (cause) {
    throw new Error('IDENTITY_SIGNING_KEY: must be an Ed25519 private key, PKCS8 in PEM', { cause })
  }
}

/** RFC 7638: a key id derived from the key itself, so that every process computes the same one. */
function thumbprint(key: KeyObject): string {
  const { crv, kty, x } = key.export({ format: 'jwk' })
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url')
}
