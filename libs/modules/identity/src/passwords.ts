import { identityErrors, PasswordChanged, type Attempt } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { Outbox } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import type { z } from 'zod'
import { type GuessAt, GuessLimit } from './guess-limit.js'
import { HashedPasswords, type Owner } from './hashed-passwords.js'
import { SessionEnding } from './session-ending.js'
import { Account } from './tables/account.entity.js'
import { PasswordReset } from './tables/password-reset.entity.js'

/** An account, and the hash that the given password matched. */
export interface ProvedAccount extends Owner {
  id: string
  passwordHash: string
}

interface Guess extends GuessAt {
  password: string
  /** The account that it is for. */
  where: { email: string } | { id: string }
}

type Guessed = Owner & { id: string; passwordHash: string | null }

/** A disabled account has no hash, so no password is right, and a guess takes as long as any other. */
const usableHash = 'CASE WHEN account.disabledAt IS NULL THEN account.passwordHash END'

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
    return this.guess({ account: email, subject: `${email} ${network}`, password, where: { email } })
  }

  /** Verifies the password of a signed-in user. Guesses are limited here too, because a session can be stolen. */
  proveOwner(id: string, password: string): Promise<ProvedAccount> {
    return this.guess({ account: id, subject: id, password, where: { id } })
  }

  /** Sets a new password and ends all sessions but the caller's. */
  async change(caller: { id: string; sessionId: string }, currentPassword: string, newPassword: string): Promise<void> {
    const proved = await this.proveOwner(caller.id, currentPassword)
    const newHash = await this.hashes.make(newPassword, proved)
    await this.database.write(async (transaction) => {
      await requireStillProved(transaction, proved)
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
    await transaction.manager.update(Account, { id: accountId }, { passwordHash })
    const { email } = await transaction.manager.findOneByOrFail(Account, { id: accountId })
    for (const guessedAt of [accountId, email]) await this.guesses.forget(transaction, guessedAt)
    await transaction.manager.delete(PasswordReset, { accountId })
    await this.sessions.endAll(transaction, accountId, keptSessionId)
    await this.outbox.add(transaction, PasswordChanged({ accountId }))
  }

  private async guess({ password, where, ...at }: Guess): Promise<ProvedAccount> {
    const found = await this.guesses.guess(
      at,
      (transaction) => guessed(transaction, where),
      (account) => this.hashes.verify(account?.passwordHash ?? null, password),
    )
    if (!found || found.passwordHash === null) throw identityErrors.INVALID_CREDENTIALS()
    return { ...found, passwordHash: found.passwordHash }
  }
}

/** The row as it is: an entity would be made only of an account that exists, and 0.06 ms would show that it does; of a row 0.02 ms. */
function guessed({ manager }: Transaction, where: Guess['where']): Promise<Guessed | undefined> {
  const rows = manager.createQueryBuilder(Account, 'account').where(where)
  const selecting = rows.select('account.id', 'id').addSelect('account.email', 'email').addSelect('account.name', 'name')
  return selecting.addSelect(usableHash, 'passwordHash').getRawOne<Guessed>()
}

/** The password that was just verified is current. The lock keeps others from changing it until the transaction ends. */
async function requireStillProved({ manager }: Transaction, { id, passwordHash }: ProvedAccount): Promise<void> {
  const same = await manager.findOne(Account, { where: { id, passwordHash }, lock: { mode: 'pessimistic_write' } })
  if (same === null) throw identityErrors.INVALID_CREDENTIALS()
}
