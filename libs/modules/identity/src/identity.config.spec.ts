import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import { identityConfig } from '../test/identity-config.js'
import { newSigningKey } from './signing-keys.js'

const publicPem = () => createPublicKey(newSigningKey()).export({ type: 'spki', format: 'pem' }).toString()

describe('the configuration of identity', () => {
  it('needs nothing outside of production, and shows no secret', () => {
    const config = identityConfig()
    expect(config.operatorToken).toBeDefined()
    expect(inspect(config) + JSON.stringify(config)).not.toMatch(/PRIVATE KEY/)
  })

  it('accepts any number of previous keys', () => {
    expect(() => identityConfig({ IDENTITY_PREVIOUS_KEYS: `${publicPem()}\n${publicPem()}` })).not.toThrow()
  })

  it.each([
    ['no key', 'not a key'],
    ['a private key', newSigningKey()],
    ['a key of another kind', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  ])('refuses %s as previous key and names the setting', (_, previousKeys) => {
    expect(() => identityConfig({ IDENTITY_PREVIOUS_KEYS: previousKeys })).toThrow(/IDENTITY_PREVIOUS_KEYS: must be/)
  })
})
