import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Principal } from '@kilomega/contracts'
import { FakeClock } from '@kilomega/testing'
import { SignJWT } from 'jose'
import { newSigningKey } from '../signing-keys.js'
import { identityConfig } from '../../test/identity-config.js'
import { JoseAccessTokens } from './access-tokens.jose.js'

const principal: Principal = { id: '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10', role: 'user', sessionId: 'session' }

const clock = new FakeClock()
const pem = newSigningKey()
const own = createPrivateKey(pem)
const foreign = generateKeyPairSync('ed25519').privateKey
const tokens = new JoseAccessTokens(identityConfig({ IDENTITY_SIGNING_KEY: pem }), clock)

const kid = tokens.publicKeys().keys[0]!.kid
const nowS = Math.floor(clock.now().getTime() / 1_000)
const goodHeader = { alg: 'EdDSA', kid, typ: 'at+jwt' }
const goodClaims = { iss: 'kilomega', aud: 'kilomega', sub: principal.id, sid: 'session', role: 'user', iat: nowS, exp: nowS + 600 }

const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const signed = (header: object, claims: object, key: KeyObject = own): Promise<string> =>
  new SignJWT(claims as Record<string, unknown>).setProtectedHeader({ ...goodHeader, ...header }).sign(key)
const unsigned = (header: object, signature = ''): string => `${encode({ ...goodHeader, ...header })}.${encode(goodClaims)}.${signature}`
const hmacSigned = (alg: string, digest: string, key: string): string => {
  const input = `${encode({ ...goodHeader, alg })}.${encode(goodClaims)}`
  return `${input}.${createHmac(digest, key).update(input).digest('base64url')}`
}

/** Forms of the public key that an attacker may use as the secret of an HMAC. */
const publicForms = (): string[] => {
  const jwk = tokens.publicKeys().keys[0]!
  return [jwk.x!, JSON.stringify(jwk), Buffer.from(jwk.x!, 'base64url').toString('latin1'), kid]
}

const forgedKids = [
  '',
  '../../dev/null',
  "' OR 1=1 --",
  '/etc/passwd',
  `${kid}\0`,
  kid.toUpperCase(),
  'http://attacker.example/key',
  '__proto__',
  'constructor',
]

async function badTokens(): Promise<string[]> {
  const good = await tokens.sign(principal)
  const [header, claims, signature] = good.split('.') as [string, string, string]
  const attackerJwk = foreign.export({ format: 'jwk' })
  const withClaims = (changed: object) => signed({}, { ...goodClaims, ...changed })
  return [
    ...['none', 'None', 'NONE', 'nOnE', ''].map((alg) => unsigned({ alg })),
    ...['HS256', 'HS512', 'RS256', 'ES256'].map((alg) => unsigned({ alg }, signature)),
    ...publicForms().flatMap((key) => [hmacSigned('HS256', 'sha256', key), hmacSigned('HS512', 'sha512', key)]),
    ...(await Promise.all(forgedKids.map((forged) => signed({ kid: forged }, goodClaims, foreign)))),
    await signed({ kid: undefined }, goodClaims),
    await signed({}, goodClaims, foreign),
    await signed({ jwk: attackerJwk }, goodClaims, foreign),
    await signed({ jwk: attackerJwk, kid: undefined }, goodClaims, foreign),
    await signed({ jku: 'https://attacker.example/jwks.json' }, goodClaims, foreign),
    await signed({ x5u: 'https://attacker.example/chain.pem', kid: undefined }, goodClaims, foreign),
    ...(await Promise.all([{ typ: 'JWT' }, { typ: undefined }, { typ: 'rt+jwt' }].map((wrong) => signed(wrong, goodClaims)))),
    ...(await Promise.all([{ aud: 'other' }, { aud: [] }, { aud: undefined }, { iss: 'other' }, { iss: undefined }].map(withClaims))),
    ...(await Promise.all(
      [
        { exp: nowS - 61 },
        { exp: undefined },
        { exp: '9999999999' },
        { nbf: nowS + 61 },
        { iat: nowS + 61, exp: nowS + 660 },
        { iat: undefined },
      ].map(withClaims),
    )),
    ...(await Promise.all(
      [{ sub: undefined }, { sub: 'no-uuid' }, { role: 'root' }, { role: ['admin'] }, { sid: undefined }, { sid: 7 }].map(withClaims),
    )),
    `${header}.${encode({ ...goodClaims, role: 'admin' })}.${signature}`,
    `${header}.${encode(JSON.stringify(goodClaims).replace('"user"', '"user","role":"admin"'))}.${signature}`,
    `${header}.${claims}`,
    `${header}.${claims}.`,
    `${header}.${claims}.${signature}.${signature}`,
    `${header}.${claims}.${'A'.repeat(signature.length)}`,
    `${header}.${claims}.${'A'.repeat(64 * 1_024)}`,
    `${encode('{"alg":')}.${claims}.${signature}`,
    `${encode('[]')}.${claims}.${signature}`,
    `..`,
    '',
    'null',
    'Bearer',
    encode(goodClaims),
  ]
}

describe('a token that we did not make', () => {
  it('is refused without an error, for each of more than 60 forgeries (S8)', async () => {
    const forgeries = await badTokens()
    expect(new Set(forgeries).size).toBeGreaterThanOrEqual(60)
    const accepted = []
    for (const forgery of forgeries) if ((await tokens.verify(forgery)) !== undefined) accepted.push(forgery)
    expect(accepted).toEqual([])
  })

  it('differs from an accepted one only in what was forged', async () => {
    expect((await tokens.verify(await signed({}, goodClaims)))?.principal).toEqual(principal)
  })
})

describe('a signing key', () => {
  it('that is not a key is refused with the name of its setting', () => {
    expect(() => new JoseAccessTokens(identityConfig({ IDENTITY_SIGNING_KEY: 'sixteen characters' }), clock)).toThrow(/^IDENTITY_SIGNING_KEY/)
  })

  it('may be written on one line', async () => {
    const oneLine = new JoseAccessTokens(identityConfig({ IDENTITY_SIGNING_KEY: pem.replaceAll('\n', '\\n') }), clock)
    expect(oneLine.publicKeys()).toEqual(tokens.publicKeys())
  })
})
