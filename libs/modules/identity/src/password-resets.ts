import { randomUUID } from 'node:crypto'
import { identityErrors } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { IsNull, Not } from 'typeorm'
import { Attempts, resetMails } from './attempts.js'
import { afterSeconds, inFuture } from './database-time.js'
import type { Owner } from './hashed-passwords.js'
import { OfferPasswordReset } from './identity.jobs.js'
import { lifetimesS } from './lifetimes.js'
import { OneTimeTokens } from './one-time-tokens.js'
import { Passwords } from './passwords.js'
import { Account } from './tables/account.entity.js'
import { PasswordReset } from './tables/password-reset.entity.js'

/** Sets a new password for a user who has forgotten the old one and can read mail sent to the address. */
@Injectable()
export class PasswordResets {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly passwords: Passwords,
    private readonly attempts: Attempts,
    private readonly tokens: OneTimeTokens,
  ) {}

  /** Does the same for every address: a job finds out later whether there is an account. Beyond five requests an hour it silently does nothing. */
  async request(email: string): Promise<void> {
    await this.passwords.compareWithNothing()
    await this.database.write(async (transaction) => {
      if (!(await this.attempts.tryAcquire(transaction, resetMails, email))) return
      await this.jobs.add(transaction, OfferPasswordReset({ resetId: await open(transaction, email) }))
    })
  }

  /** The holder of the token sets the password, once; every session ends. */
  async complete(token: string, password: string): Promise<void> {
    const id = this.tokens.read('reset', token)
    const owner = await this.ownerOf(id)
    const passwordHash = await this.passwords.hashNew(password, owner)
    await this.database.write(async (transaction) => {
      const { affected } = await transaction.manager.delete(PasswordReset, { id, expiresAt: inFuture })
      if (affected !== 1) throw identityErrors.INVALID_TOKEN()
      await this.passwords.replace(transaction, owner.id, passwordHash)
    })
  }

  private ownerOf(id: string): Promise<Owner & { id: string }> {
    return this.database.write(async ({ manager }) => {
      const reset = await manager.findOneBy(PasswordReset, { id, expiresAt: inFuture })
      const owner = reset && (await manager.findOneBy(Account, { id: reset.accountId }))
      if (owner === null) throw identityErrors.INVALID_TOKEN()
      return owner
    })
  }
}

const expiresAt = afterSeconds(lifetimesS.passwordReset)

/** One statement, whether there is an account or not. Without one the id refers to no row, so that the same work follows. */
async function open({ manager }: Transaction, email: string): Promise<string> {
  const where = { email, passwordHash: Not(IsNull()), disabledAt: IsNull() }
  const inserting = manager
    .createQueryBuilder()
    .insert()
    .into(PasswordReset, ['accountId', 'expiresAt'])
    .valuesFromSelect((select) => select.select('account.id').addSelect(expiresAt()).from(Account, 'account').where(where))
  const { raw } = await inserting.returning('id').execute()
  const [opened] = raw as { id: string }[]
  return opened?.id ?? randomUUID()
}
