import type { Me } from '@kilomega/contracts'
import { Database } from '@kilomega/database'
import { Receipts } from '@kilomega/messaging'
import { portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import type { FindOptionsWhere, Repository } from 'typeorm'
import { AccountLifecycle } from './account-lifecycle.js'
import { meOf } from './account-view.js'
import { type OneTimePurpose, OneTimeTokens } from './one-time-tokens.js'
import { Account } from './tables/account.entity.js'
import { Registration } from './tables/registration.entity.js'

/** Reads and changes accounts, and looks up where to send mail. */
@Injectable()
export class Accounts {
  constructor(
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
    private readonly database: Database,
    private readonly tokens: OneTimeTokens,
    private readonly receipts: Receipts,
    readonly lifecycle: AccountLifecycle,
  ) {}

  get(id: string): Promise<Me> {
    return this.found({ id })
  }

  rename(id: string, name: string): Promise<Me> {
    return this.changed({ id }, { name })
  }

  promote(email: string): Promise<Me> {
    return this.changed({ email }, { role: 'admin' })
  }

  /**
   * The address of an account, or of a registration that is not confirmed yet. The registration is looked up first: it may become an account between the two
   * statements, an account never becomes a registration.
   */
  addressOf(id: string): Promise<{ email: string; name: string }> {
    return this.database.read(async ({ manager }) => {
      const owner = (await manager.findOneBy(Registration, { id })) ?? (await manager.findOneBy(Account, { id }))
      if (owner === null) throw portErrors.NOT_FOUND()
      return { email: owner.email, name: owner.name }
    })
  }

  /** The token for a mail; null once it was used or has expired. */
  oneTimeToken(id: string, purpose: OneTimePurpose): Promise<string | null> {
    return this.tokens.newest(purpose, id)
  }

  private changed(where: FindOptionsWhere<Account>, change: Partial<Account>): Promise<Me> {
    return this.receipts.once(this.database, async () => {
      await this.accounts.update(where, change)
      return this.found(where)
    })
  }

  private async found(where: FindOptionsWhere<Account>): Promise<Me> {
    const account = await this.accounts.findOneBy(where)
    if (account === null) throw portErrors.NOT_FOUND()
    return meOf(account)
  }
}
