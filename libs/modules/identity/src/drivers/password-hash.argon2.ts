import { Metrics } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import { hash, verify } from '@node-rs/argon2'
import { IdentityConfig } from '../identity.config.js'
import { Turnstile } from '../turnstile.js'
import { PasswordHash } from './password-hash.js'

/** OWASP's first choice for argon2id (which is what the library makes unless told otherwise): 19 MiB, two passes, one lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** What is verified where there is no account: zeros that no password is known to give, at the same cost. */
const nobody = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** argon2id on the thread pool of libuv, a few at a time, so that a wave of log-ins takes neither all memory nor all threads. */
@Injectable()
export class Argon2PasswordHash extends PasswordHash {
  private readonly turnstile: Turnstile
  private readonly runs

  constructor(config: IdentityConfig, metrics: Metrics) {
    super()
    this.turnstile = new Turnstile(config.hashConcurrency, config.hashQueue)
    this.runs = metrics.counter('identity_password_hash_runs_total', 'Runs of argon2id')
  }

  hash(password: string): Promise<string> {
    return this.run(() => hash(password.normalize('NFC'), cost))
  }

  async verify(known: string | null, password: string): Promise<boolean> {
    const same = await this.run(() => verify(known ?? nobody, password.normalize('NFC')))
    return same && known !== null
  }

  private run<T>(work: () => Promise<T>): Promise<T> {
    return this.turnstile.pass(() => {
      this.runs.add()
      return work()
    })
  }
}
