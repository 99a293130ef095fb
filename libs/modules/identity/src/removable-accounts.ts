import { identityErrors, type ManagedAccount } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { currentCall, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { accountColumns } from './account-columns.js'
import { Operator, operatorSession } from './operator.js'
import type { ProvedAccount } from './passwords.js'

/** In order of id, so that two who take each other away wait for each other, and the second finds that he is the last. */
const lockAdmins = `
  SELECT id FROM identity.account WHERE role = 'admin' AND disabled_at IS NULL AND password_hash IS NOT NULL ORDER BY id FOR UPDATE`

const lockByEmail = 'SELECT' + accountColumns + 'FROM identity.account WHERE email = $1 FOR UPDATE'
/** A password that was proved a moment ago is to be the one still. */
const lockProved = 'SELECT' + accountColumns + 'FROM identity.account WHERE id = $1 AND password_hash = $2 FOR UPDATE'

/** Which accounts may lose their role, be disabled or deleted. */
@Injectable()
export class RemovableAccounts {
  constructor(private readonly operator: Operator) {}

  /** The account of an address, or one whose password was proved, locked until the transaction ends. `LAST_ADMIN` where afterwards no admin could sign in, `OPERATOR_ACCOUNT` where it is the operator's. */
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

/** The operator gets in by a token, whatever becomes of accounts, so he may take the last admin away; and the system may. */
function hasOtherWay(): boolean {
  const { actor } = currentCall()
  return actor.kind !== 'user' || actor.sessionId === operatorSession
}
