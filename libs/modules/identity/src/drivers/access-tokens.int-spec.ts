import { identityConfig } from '../../test/identity-config.js'
import { JoseAccessTokens } from './access-tokens.jose.js'
import { accessTokensSuite } from './access-tokens.suite.js'

describe('access tokens of jose', () => {
  accessTokensSuite(({ signingKey, previousKeys = '', audience = 'kilomega' }, clock) => {
    const environment = { IDENTITY_SIGNING_KEY: signingKey, IDENTITY_PREVIOUS_KEYS: previousKeys, IDENTITY_AUDIENCE: audience }
    return new JoseAccessTokens(identityConfig(environment), clock)
  })
})
