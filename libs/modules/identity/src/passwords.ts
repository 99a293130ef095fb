import { identityErrors, PasswordChanged, type Attempt } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { Outbox } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import type { z } from 'zod'
import { Attempts, guesses } from './attempts.js'
import { PasswordHash } from './drivers/password-hash.js'
import { refuseCommonPassword } from './password-strength.js'
import { SessionEnding } from './session-ending.js'
import { Account } from './tables/account.entity.js'
import { PasswordReset } from './tables/password-reset.entity.js'

/** An account, and the hash that its password was found to match. */
export interface ProvedAccount {
  id: string
  passwordHash: string
}

interface Guess {
  /** Whose failures are counted together. */
  subject: string
  password: string
  /** Reads the account by `key`. */
  sql: string
  key: string
}

const byEmail = 'SELECT id, password_hash AS "passwordHash" FROM identity.account WHERE email = $1'
const byId = 'SELECT id, password_hash AS "passwordHash" FROM identity.account WHERE id = $1'

/** Whether a password that was proved a moment ago is still the one; from here on nobody else changes it before we are done. */
const stillProved = 'SELECT FROM identity.account WHERE id = $1 AND password_hash = $2 FOR UPDATE'

/** What people prove by a password, and how it is replaced. */
@Injectable()
export class Passwords {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly hash: PasswordHash,
    private readonly attempts: Attempts,
    private readonly sessions: SessionEnding,
  ) {}

  /** The account of an address and its password. An address that is unknown, or yet to be confirmed, is answered like a wrong password. */
  prove({ email, password, network }: z.infer<typeof Attempt>): Promise<ProvedAccount> {
    return this.guess({ subject: `${email} ${network}`, password, sql: byEmail, key: email })
  }

  /** Sets a new password and ends all sessions but the caller's. Guesses at the old one are limited too: a stolen session is not a password. */
  async change(caller: { id: string; sessionId: string }, currentPassword: string, newPassword: string): Promise<void> {
    refuseCommonPassword(newPassword)
    const proved = await this.guess({ subject: caller.id, password: currentPassword, sql: byId, key: caller.id })
    const newHash = await this.hash.hash(newPassword)
    await this.database.write(async (transaction) => {
      const [same] = await transaction.query(stillProved, [proved.id, proved.passwordHash])
      if (same === undefined) throw identityErrors.INVALID_CREDENTIALS()
      await this.replace(transaction, proved.id, newHash, caller.sessionId)
    })
  }

  /** The hash of a password that somebody chose just now. */
  hashNew(password: string): Promise<string> {
    refuseCommonPassword(password)
    return this.hash.hash(password)
  }

  /** Takes as long as any other guess, for answers that must not tell by their time whether an account exists. */
  async guessAtNobody(): Promise<void> {
    await this.hash.verify(null, '')
  }

  /** Puts a new hash in place; sessions, but for one that may be kept, and resets that were asked for end with the old one. */
  async replace(transaction: Transaction, accountId: string, passwordHash: string, keptSessionId?: string): Promise<void> {
    await transaction.manager.update(Account, { id: accountId }, { passwordHash })
    await transaction.manager.delete(PasswordReset, { accountId })
    await this.sessions.endAll(transaction, accountId, keptSessionId)
    await this.outbox.add(transaction, PasswordChanged({ accountId }))
  }

  private async guess({ subject, password, sql, key }: Guess): Promise<ProvedAccount> {
    const { ticket, account } = await this.database.write(async (transaction) => {
      const ticket = await this.attempts.take(transaction, guesses, subject)
      const [account] = await transaction.query<{ id: string; passwordHash: string | null }>(sql, [key])
      return { ticket, account }
    })
    if (!ticket.allowed) throw identityErrors.TOO_MANY_ATTEMPTS({ retryAfterS: ticket.retryAfterS })
    const passwordHash = account?.passwordHash ?? null
    let wrong = false
    try {
      wrong = !(await this.hash.verify(passwordHash, password))
    } finally {
      // Right, or never tried because the hash was overloaded: neither is a failure.
      if (!wrong) await this.database.write(ticket.takeBack)
    }
    if (wrong || account === undefined || passwordHash === null) throw identityErrors.INVALID_CREDENTIALS()
    return { id: account.id, passwordHash }
  }
}
