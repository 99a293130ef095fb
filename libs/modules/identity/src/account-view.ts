import type { ManagedAccount, Me } from '@kilomega/contracts'
import type { Account } from './tables/account.entity.js'

/** An account as its owner sees it. */
export const meOf = ({ id, email, name, role, createdAt }: Account): Me => ({ id, email, name, role, createdAt })

/** An account as an admin sees it. */
export const managedOf = (account: Account): ManagedAccount => ({ ...meOf(account), disabledAt: account.disabledAt })
