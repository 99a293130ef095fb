import { AccountDeleted, type ManagedAccount } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { Outbox, Receipts } from '@kilomega/messaging'
import { portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import type { FindOptionsWhere, QueryDeepPartialEntity } from 'typeorm'
import { managedOf } from './account-view.js'
import type { ProvedAccount } from './passwords.js'
import { RemovableAccounts } from './removable-accounts.js'
import { SessionEnding } from './session-ending.js'
import { Account } from './tables/account.entity.js'
import { PasswordReset } from './tables/password-reset.entity.js'
import { Registration } from './tables/registration.entity.js'

/** Demotes, disables, enables and deletes accounts. The row is changed before its sessions end, so that a log-in that waited for the row finds it changed. */
@Injectable()
export class AccountLifecycle {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly receipts: Receipts,
    private readonly removable: RemovableAccounts,
    private readonly sessions: SessionEnding,
  ) {}

  /** Access tokens contain the role, so all sessions of a former admin end. */
  demote(email: string): Promise<ManagedAccount> {
    return this.receipts.once(this.database, async (transaction) => {
      const { id, role } = await this.removable.lock(email)
      const demoted = await changed(transaction, { id }, { role: 'user' })
      if (role === 'admin') await this.sessions.endAll(transaction, id)
      return demoted
    })
  }

  /** A password reset that was requested before becomes invalid. Disabling an account twice keeps the first time. */
  disable(email: string): Promise<ManagedAccount> {
    return this.receipts.once(this.database, async (transaction) => {
      const { id } = await this.removable.lock(email)
      const disabled = await changed(transaction, { id }, { disabledAt: () => 'coalesce(disabled_at, now())' })
      await transaction.manager.delete(PasswordReset, { accountId: id })
      await this.sessions.endAll(transaction, id)
      return disabled
    })
  }

  enable(email: string): Promise<ManagedAccount> {
    return this.receipts.once(this.database, (transaction) => changed(transaction, { email }, { disabledAt: null }))
  }

  /** Deletion by an admin. */
  delete(email: string): Promise<void> {
    return this.receipts.once(this.database, (transaction) => this.remove(transaction, email))
  }

  /** Deletion by the owner. */
  async deleteProved(account: ProvedAccount): Promise<void> {
    await this.database.write((transaction) => this.remove(transaction, account))
  }

  /** Sessions end before the row is deleted, so that their access tokens are recorded as ended. Password resets are deleted with the row. */
  private async remove(transaction: Transaction, which: string | ProvedAccount): Promise<void> {
    const { id, email } = await this.removable.lock(which)
    await this.sessions.endAll(transaction, id)
    await transaction.manager.delete(Registration, { email })
    await transaction.manager.delete(Account, { id })
    await this.outbox.add(transaction, AccountDeleted({ accountId: id }))
  }
}

async function changed({ manager }: Transaction, where: FindOptionsWhere<Account>, change: QueryDeepPartialEntity<Account>): Promise<ManagedAccount> {
  await manager.update(Account, where, change)
  const account = await manager.findOneBy(Account, where)
  if (account === null) throw portErrors.NOT_FOUND()
  return managedOf(account)
}
