import { identityErrors } from '@kilomega/contracts'
import { Database } from '@kilomega/database'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { Attempts, resetMails } from './attempts.js'
import type { Owner } from './hashed-passwords.js'
import { OfferPasswordReset } from './identity.jobs.js'
import { lifetimesS } from './lifetimes.js'
import { OneTimeTokens } from './one-time-tokens.js'
import { Passwords } from './passwords.js'

/** Without an account the id refers to no row, so that the same work follows. */
const open = `
  WITH opened AS (
    INSERT INTO identity.password_reset (account_id, expires_at)
    SELECT id, now() + $2 * interval '1 s' FROM identity.account WHERE email = $1 AND password_hash IS NOT NULL AND disabled_at IS NULL
    RETURNING id
  )
  SELECT coalesce((SELECT id FROM opened), uuidv7()) AS "resetId"`

const owner = `
  SELECT email, name FROM identity.account JOIN identity.password_reset ON account_id = account.id
  WHERE password_reset.id = $1 AND expires_at > now()`

const use = 'DELETE FROM identity.password_reset WHERE id = $1 AND expires_at > now() RETURNING account_id AS "accountId"'

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
      const [row] = await transaction.query<{ resetId: string }>(open, [email, lifetimesS.passwordReset])
      await this.jobs.add(transaction, OfferPasswordReset(row!))
    })
  }

  /** The holder of the token sets the password, once; every session ends. */
  async complete(token: string, password: string): Promise<void> {
    const id = this.tokens.read('reset', token)
    const passwordHash = await this.passwords.hashNew(password, await this.ownerOf(id))
    await this.database.write(async (transaction) => {
      const [used] = await transaction.query<{ accountId: string }>(use, [id])
      if (used === undefined) throw identityErrors.INVALID_TOKEN()
      await this.passwords.replace(transaction, used.accountId, passwordHash)
    })
  }

  private async ownerOf(resetId: string): Promise<Owner> {
    const [row] = await this.database.write((transaction) => transaction.query<Owner & object>(owner, [resetId]))
    if (row === undefined) throw identityErrors.INVALID_TOKEN()
    return row
  }
}
