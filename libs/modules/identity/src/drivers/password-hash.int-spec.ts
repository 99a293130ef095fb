import { MetricsRecorder } from '@kilomega/testing'
import { identityConfig } from '../../test/identity-config.js'
import { Argon2PasswordHash } from './password-hash.argon2.js'
import { passwordHashSuite } from './password-hash.suite.js'

describe('the password hash of argon2', () => {
  const metrics = new MetricsRecorder()
  const open = () => new Argon2PasswordHash(identityConfig(), metrics)

  passwordHashSuite(open)

  it('is argon2id at the cost that OWASP names', async () => {
    expect(await open().hash('correct horse')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('runs once for a hash, for a comparison, and for a comparison without an account', async () => {
    const passwords = open()
    const runs = () => metrics.read('identity_password_hash_runs_total')
    const before = await runs()
    const hash = await passwords.hash('correct horse')
    await passwords.verify(hash, 'correct horse')
    await passwords.verify(null, 'correct horse')
    expect((await runs()) - before).toBe(3)
  })
})
