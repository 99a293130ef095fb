import type { Me } from '@kilomega/contracts'
import { Database, type Queryable } from '@kilomega/database'
import { Receipts } from '@kilomega/messaging'
import { portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { AccountLifecycle } from './account-lifecycle.js'
import { type OneTimePurpose, OneTimeTokens } from './one-time-tokens.js'
import { Account } from './tables/account.entity.js'

const byId = 'SELECT id, email, name, role, created_at AS "createdAt" FROM identity.account WHERE id = $1'
const byEmail = 'SELECT id, email, name, role, created_at AS "createdAt" FROM identity.account WHERE email = $1'

const address = `
  SELECT email, name FROM identity.account WHERE id = $1
  UNION ALL
  SELECT email, name FROM identity.registration WHERE id = $1
  LIMIT 1`

/** The row behind the newest mail for a purpose, while its token can be used. A registration has the id of the account that it becomes. */
const mailed = {
  verify: 'SELECT id FROM identity.registration WHERE id = $1 AND expires_at > now()',
  reset: 'SELECT id FROM identity.password_reset WHERE account_id = $1 AND expires_at > now() ORDER BY id DESC LIMIT 1',
}

/** Reads and changes accounts, and looks up where to send mail. */
@Injectable()
export class Accounts {
  constructor(
    private readonly database: Database,
    private readonly tokens: OneTimeTokens,
    private readonly receipts: Receipts,
    readonly lifecycle: AccountLifecycle,
  ) {}

  get(id: string): Promise<Me> {
    return this.database.read((queryable) => found<Me>(queryable, byId, id))
  }

  rename(id: string, name: string): Promise<Me> {
    return this.receipts.once(this.database, async (transaction) => {
      await transaction.manager.update(Account, { id }, { name })
      return found<Me>(transaction, byId, id)
    })
  }

  promote(email: string): Promise<Me> {
    return this.receipts.once(this.database, async (transaction) => {
      await transaction.manager.update(Account, { email }, { role: 'admin' })
      return found<Me>(transaction, byEmail, email)
    })
  }

  /** The address of an account, or of a registration that is not confirmed yet. */
  addressOf(id: string): Promise<{ email: string; name: string }> {
    return this.database.read((queryable) => found(queryable, address, id))
  }

  /** The token for a mail; null once it was used or has expired. */
  async oneTimeToken(id: string, purpose: OneTimePurpose): Promise<string | null> {
    const [row] = await this.database.read((queryable) => queryable.query<{ id: string }>(mailed[purpose], [id]))
    return row === undefined ? null : this.tokens.make(purpose, row.id)
  }
}

async function found<Row extends object>(queryable: Queryable, sql: string, key: string): Promise<Row> {
  const [row] = await queryable.query<Row>(sql, [key])
  if (row === undefined) throw portErrors.NOT_FOUND()
  return row
}
