import { Metrics } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import { hash, verify } from '@node-rs/argon2'
import { IdentityConfig } from '../identity.config.js'
import { ConcurrencyLimit } from '../concurrency-limit.js'
import { PasswordHash } from './password-hash.js'

/** OWASP's first choice for argon2id (the library's default algorithm): 19 MiB, two passes, one lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Verified if there is no account: all zeros, which no known password hashes to, at the same cost. */
const hashOfNoAccount = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** argon2id on the thread pool of libuv, a few at a time, so that a burst of log-ins takes neither all memory nor all threads. */
@Injectable()
export class Argon2PasswordHash extends PasswordHash {
  private readonly concurrency: ConcurrencyLimit
  private readonly runs

  constructor(config: IdentityConfig, metrics: Metrics) {
    super()
    this.concurrency = new ConcurrencyLimit(config.hashConcurrency, config.hashQueue)
    this.runs = metrics.counter('identity_password_hash_runs_total', 'Runs of argon2id')
  }

  hash(password: string): Promise<string> {
    return this.run(() => hash(password.normalize('NFC'), cost))
  }

  async verify(known: string | null, password: string): Promise<boolean> {
    const same = await this.run(() => verify(known ?? hashOfNoAccount, password.normalize('NFC')))
    return same && known !== null
  }

  private run<T>(work: () => Promise<T>): Promise<T> {
    return this.concurrency.run(() => {
      this.runs.add()
      return work()
    })
  }
}
