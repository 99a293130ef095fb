import { identityErrors } from '@kilomega/contracts'
import { currentCall, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { IsNull, Not, type Repository } from 'typeorm'
import { Operator, operatorSession } from './operator.js'
import type { ProvedAccount } from './passwords.js'
import { Account } from './tables/account.entity.js'

const lock = { mode: 'pessimistic_write' } as const

/** Checks which accounts may be demoted, disabled or deleted. */
@Injectable()
export class RemovableAccounts {
  constructor(
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
    private readonly operator: Operator,
  ) {}

  /**
   * Locks an account, named by its address or by a verified password, until the transaction ends. Throws `LAST_ADMIN` if no other admin could sign in
   * afterwards, and `OPERATOR_ACCOUNT` if it is the operator's account.
   */
  async lock(which: string | ProvedAccount): Promise<Account> {
    const admins = hasOtherWay() ? [] : await this.lockAdmins()
    const account = typeof which === 'string' ? await this.lockNamed(which) : await this.lockProved(which)
    if (this.operator.owns(account.id)) throw identityErrors.OPERATOR_ACCOUNT()
    if (admins.length === 1 && admins[0]!.id === account.id) throw identityErrors.LAST_ADMIN()
    return account
  }

  /** In order of id, so that two admins who remove each other wait for each other, and the second finds itself to be the last. */
  private lockAdmins(): Promise<Account[]> {
    const where = { role: 'admin', disabledAt: IsNull(), passwordHash: Not(IsNull()) } as const
    return this.accounts.find({ where, order: { id: 'ASC' }, lock })
  }

  private async lockNamed(email: string): Promise<Account> {
    const account = await this.accounts.findOne({ where: { email }, lock })
    if (account === null) throw portErrors.NOT_FOUND()
    return account
  }

  /** The password that was just verified has to be current still. */
  private async lockProved({ id, passwordHash }: ProvedAccount): Promise<Account> {
    const account = await this.accounts.findOne({ where: { id, passwordHash }, lock })
    if (account === null) throw identityErrors.INVALID_CREDENTIALS()
    return account
  }
}

/** The operator signs in by a token, whatever happens to accounts, so it may remove the last admin, and so may the system. */
function hasOtherWay(): boolean {
  const { actor } = currentCall()
  return actor.kind !== 'user' || actor.sessionId === operatorSession
}
