import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { v7 } from 'uuid'

/** The longest that a run of all benches may take. */
const validS = 3_600

/** A key for access tokens, and a user's token, as identity itself would issue it. */
export async function newSigner(): Promise<{ pem: string; token: string }> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { crv, kty, x } = createPublicKey(privateKey).export({ format: 'jwk' })
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url')
  const nowS = Math.floor(Date.now() / 1_000)
  const token = await new SignJWT({ sid: v7(), role: 'user' })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
    .setIssuer('kilomega')
    .setAudience('kilomega')
    .setSubject(v7())
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + validS)
    .sign(privateKey)
  return { pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), token }
}
