import { identityErrors, type ManagedAccount } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { currentCall, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { accountColumns } from './account-columns.js'
import { Operator, operatorSession } from './operator.js'
import type { ProvedAccount } from './passwords.js'

/** In order of id, so that two admins who remove each other wait for each other, and the second finds itself to be the last. */
const lockAdmins = `
  SELECT id FROM identity.account WHERE role = 'admin' AND disabled_at IS NULL AND password_hash IS NOT NULL ORDER BY id FOR UPDATE`

const lockByEmail = 'SELECT' + accountColumns + 'FROM identity.account WHERE email = $1 FOR UPDATE'
/** The password that was just verified has to be current still. */
const lockProved = 'SELECT' + accountColumns + 'FROM identity.account WHERE id = $1 AND password_hash = $2 FOR UPDATE'

/** Checks which accounts may be demoted, disabled or deleted. */
@Injectable()
export class RemovableAccounts {
  constructor(private readonly operator: Operator) {}

  /**
   * Locks an account, named by its address or by a verified password, until the transaction ends. Throws `LAST_ADMIN` if no other admin could sign in
   * afterwards, and `OPERATOR_ACCOUNT` if it is the operator's account.
   */
  async lock(transaction: Transaction, which: string | ProvedAccount): Promise<ManagedAccount> {
    const admins = hasOtherWay() ? [] : await transaction.query<{ id: string }>(lockAdmins)
    const account = await find(transaction, which)
    if (this.operator.owns(account.id)) throw identityErrors.OPERATOR_ACCOUNT()
    if (admins.length === 1 && admins[0]!.id === account.id) throw identityErrors.LAST_ADMIN()
    return account
  }
}

async function find(transaction: Transaction, which: string | ProvedAccount): Promise<ManagedAccount> {
  const isAddress = typeof which === 'string'
  const [account] = isAddress
    ? await transaction.query<ManagedAccount>(lockByEmail, [which])
    : await transaction.query<ManagedAccount>(lockProved, [which.id, which.passwordHash])
  if (account === undefined) throw isAddress ? portErrors.NOT_FOUND() : identityErrors.INVALID_CREDENTIALS()
  return account
}

/** The operator signs in by a token, whatever happens to accounts, so it may remove the last admin, and so may the system. */
function hasOtherWay(): boolean {
  const { actor } = currentCall()
  return actor.kind !== 'user' || actor.sessionId === operatorSession
}
