import { identityErrors, PasswordChanged, type Attempt } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { Outbox } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import type { z } from 'zod'
import { type GuessAt, GuessLimit } from './guess-limit.js'
import { HashedPasswords, type Owner } from './hashed-passwords.js'
import { SessionEnding } from './session-ending.js'
import { PasswordReset } from './tables/password-reset.entity.js'

/** An account, and the hash that the given password matched. */
export interface ProvedAccount extends Owner {
  id: string
  passwordHash: string
}

interface Guess extends GuessAt {
  password: string
  /** Selects the account by `key`. */
  sql: string
  key: string
}

/** A disabled account has no hash, so no password is right, and a guess takes as long as any other. */
const usable = 'SELECT id, email, name, CASE WHEN disabled_at IS NULL THEN password_hash END AS "passwordHash" FROM identity.account'
const byEmail = usable + ' WHERE email = $1'
const byId = usable + ' WHERE id = $1'

/** Whether the password that was just verified is still current. The lock keeps others from changing it until the transaction ends. */
const stillProved = 'SELECT FROM identity.account WHERE id = $1 AND password_hash = $2 FOR UPDATE'

const setHash = 'UPDATE identity.account SET password_hash = $2 WHERE id = $1 RETURNING email'

/** Verifies and replaces passwords. */
@Injectable()
export class Passwords {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly hashes: HashedPasswords,
    private readonly guesses: GuessLimit,
    private readonly sessions: SessionEnding,
  ) {}

  /** The account with this address and password. An address that is unknown, disabled or not confirmed yet is answered like a wrong password. */
  prove({ email, password, network }: z.infer<typeof Attempt>): Promise<ProvedAccount> {
    return this.guess({ account: email, subject: `${email} ${network}`, password, sql: byEmail, key: email })
  }

  /** Verifies the password of a signed-in user. Guesses are limited here too, because a session can be stolen. */
  proveOwner(id: string, password: string): Promise<ProvedAccount> {
    return this.guess({ account: id, subject: id, password, sql: byId, key: id })
  }

  /** Sets a new password and ends all sessions but the caller's. */
  async change(caller: { id: string; sessionId: string }, currentPassword: string, newPassword: string): Promise<void> {
    const proved = await this.proveOwner(caller.id, currentPassword)
    const newHash = await this.hashes.make(newPassword, proved)
    await this.database.write(async (transaction) => {
      const [same] = await transaction.query(stillProved, [proved.id, proved.passwordHash])
      if (same === undefined) throw identityErrors.INVALID_CREDENTIALS()
      await this.replace(transaction, proved.id, newHash, caller.sessionId)
    })
  }

  /** Hashes a newly chosen password. */
  hashNew(password: string, owner: Owner): Promise<string> {
    return this.hashes.make(password, owner)
  }

  /** Takes as long as any other guess, for answers whose time must not reveal whether an account exists. */
  async compareWithNothing(): Promise<void> {
    await this.hashes.verify(null, '')
  }

  /** Stores a new hash, resets the count of wrong passwords, deletes pending password resets, and ends all sessions except one that may be kept. */
  async replace(transaction: Transaction, accountId: string, passwordHash: string, keptSessionId?: string): Promise<void> {
    const [account] = await transaction.query<{ email: string }>(setHash, [accountId, passwordHash])
    for (const guessedAt of [accountId, account!.email]) await this.guesses.forget(transaction, guessedAt)
    await transaction.manager.delete(PasswordReset, { accountId })
    await this.sessions.endAll(transaction, accountId, keptSessionId)
    await this.outbox.add(transaction, PasswordChanged({ accountId }))
  }

  private async guess({ password, sql, key, ...at }: Guess): Promise<ProvedAccount> {
    const found = await this.guesses.guess(
      at,
      async (transaction) => (await transaction.query<Owner & { id: string; passwordHash: string | null }>(sql, [key]))[0],
      (account) => this.hashes.verify(account?.passwordHash ?? null, password),
    )
    if (!found || found.passwordHash === null) throw identityErrors.INVALID_CREDENTIALS()
    return { ...found, passwordHash: found.passwordHash }
  }
}
