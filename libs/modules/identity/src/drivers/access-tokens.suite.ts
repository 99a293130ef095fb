import { createPublicKey } from 'node:crypto'
import type { Principal } from '@kilomega/contracts'
import { FakeClock } from '@kilomega/testing'
import { newSigningKey } from '../signing-keys.js'
import type { AccessTokens } from './access-tokens.js'

export interface AccessTokenSettings {
  signingKey: string
  previousKeys?: string
  audience?: string
}

const principal: Principal = { id: '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10', role: 'admin', sessionId: 'session' }
const minuteMs = 60_000
const publicHalf = (pem: string): string => createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()

/** The definition of AccessTokens: every driver passes it. */
export function accessTokensSuite(open: (settings: AccessTokenSettings, clock: FakeClock) => AccessTokens): void {
  const signingKey = newSigningKey()
  const clock = new FakeClock()
  const tokens = open({ signingKey }, clock)

  it('identify who signed in, in every process that has the key', async () => {
    const token = await tokens.sign(principal)
    expect((await tokens.verify(token))?.principal).toEqual(principal)
    expect((await open({ signingKey }, clock).verify(token))?.principal).toEqual(principal)
  })

  it('are valid for 10 minutes, and one more for clocks that differ', async () => {
    const token = await tokens.sign(principal)
    clock.advance(10 * minuteMs + 59_000)
    expect(await tokens.verify(token)).toBeDefined()
    clock.advance(2_000)
    expect(await tokens.verify(token)).toBeUndefined()
  })

  it('are refused if they were issued more than a minute in the future', async () => {
    clock.advance(59_000)
    const soon = await tokens.sign(principal)
    clock.advance(2_000)
    const later = await tokens.sign(principal)
    clock.advance(-61_000)
    expect(await tokens.verify(soon)).toBeDefined()
    expect(await tokens.verify(later)).toBeUndefined()
  })

  it('are refused by a process with another key or another audience', async () => {
    const token = await tokens.sign(principal)
    expect(await open({ signingKey: newSigningKey() }, clock).verify(token)).toBeUndefined()
    expect(await open({ signingKey, audience: 'somebody-else' }, clock).verify(token)).toBeUndefined()
  })

  it('outlive a new signing key while the old one is still accepted (S9)', async () => {
    const [old, current] = [await tokens.sign(principal), newSigningKey()]
    const overlapping = open({ signingKey: current, previousKeys: publicHalf(signingKey) }, clock)
    expect(overlapping.publicKeys().keys).toHaveLength(2)
    expect(await overlapping.verify(old)).toBeDefined()
    expect(await overlapping.verify(await overlapping.sign(principal))).toBeDefined()
    expect(await open({ signingKey: current }, clock).verify(old)).toBeUndefined()
  })

  it('publish the keys that verify them, and none that sign them', () => {
    const { keys } = tokens.publicKeys()
    expect(keys).toEqual([{ kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: expect.any(String), alg: 'EdDSA', use: 'sig' }])
  })
}
