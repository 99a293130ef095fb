import { AccountRegistered, AccountVerified, identityErrors, type Registration as NewAccount, RegistrationRepeated } from '@kilomega/contracts'
import { Database, isUniqueViolation, type Transaction } from '@kilomega/database'
import { Outbox } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import type { z } from 'zod'
import { Attempts, registrationMails } from './attempts.js'
import { inFuture } from './database-time.js'
import { HashedPasswords } from './hashed-passwords.js'
import { lifetimesS } from './lifetimes.js'
import { OneTimeTokens } from './one-time-tokens.js'
import { Account } from './tables/account.entity.js'
import { Registration } from './tables/registration.entity.js'

/**
 * By hand because it is one statement, whether the address is known or not: 0.27 and 0.29 ms. Two repositories send one for a known address and two for a new
 * one, 0.43 and 0.66 ms (median of 1,500 on the loopback), which would show whether there is an account.
 */
const open = `
  WITH known AS (
    SELECT id FROM identity.account WHERE email = $1
  ), opened AS (
    INSERT INTO identity.registration (email, name, password_hash, expires_at)
    SELECT $1, $2, $3, now() + $4 * interval '1 s' WHERE NOT EXISTS (SELECT FROM known)
    RETURNING id
  )
  SELECT id, true AS known FROM known UNION ALL SELECT id, false FROM opened`

/** Creates accounts: a registration, which a mail to the address lets its owner confirm, or directly by an admin. */
@Injectable()
export class Registrations {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly passwords: HashedPasswords,
    private readonly attempts: Attempts,
    private readonly tokens: OneTimeTokens,
  ) {}

  /** Does the same for every address. Beyond five mails an hour to one address it silently does nothing more. */
  async open({ email, name, password }: z.infer<typeof NewAccount>): Promise<void> {
    const passwordHash = await this.passwords.make(password, { email, name })
    await this.database.write(async (transaction) => {
      if (!(await this.attempts.tryAcquire(transaction, registrationMails, email))) return
      const [row] = await transaction.query<{ id: string; known: boolean }>(open, [email, name, passwordHash, lifetimesS.registration])
      const { id: accountId, known } = row!
      await this.outbox.add(transaction, known ? RegistrationRepeated({ accountId }) : AccountRegistered({ accountId }))
    })
  }

  /** Creates an account without a mail, because an admin vouches for the address, and returns its id. Pending registrations of the address are deleted. */
  async create({ email, name, password }: z.infer<typeof NewAccount>): Promise<string> {
    const passwordHash = await this.passwords.make(password, { email, name })
    return this.database.write(async (transaction) => {
      const created = { email, name, passwordHash, createdAt: () => 'now()' }
      const { identifiers } = await transaction.manager.insert(Account, created).catch(addressTaken(identityErrors.EMAIL_TAKEN))
      const [{ id }] = identifiers as [{ id: string }]
      await transaction.manager.delete(Registration, { email })
      await this.outbox.add(transaction, AccountVerified({ accountId: id }))
      return id
    })
  }

  /** Makes an account of the registration that the token belongs to, and deletes all of the address. Of two concurrent calls the second finds nothing. */
  async confirm(token: string): Promise<void> {
    const id = this.tokens.read('verify', token)
    await this.database.write(async (transaction) => {
      const { email, name, passwordHash } = await takePending(transaction, id)
      const confirmed = { id, email, name, passwordHash, createdAt: () => 'now()' }
      await transaction.manager.insert(Account, confirmed).catch(addressTaken(identityErrors.INVALID_TOKEN))
      await this.outbox.add(transaction, AccountVerified({ accountId: id }))
    })
  }
}

/** Deletes the registrations of an address if one with this id is among them, and returns that one. */
async function takePending({ manager }: Transaction, id: string): Promise<Registration> {
  const select = { id: true, email: true, name: true, passwordHash: true }
  const pending = await manager.findOne(Registration, { where: { id, expiresAt: inFuture }, select })
  if (pending === null) throw identityErrors.INVALID_TOKEN()
  const deleting = manager.createQueryBuilder().delete().from(Registration).where({ email: pending.email }).returning('id')
  const { raw } = await deleting.execute()
  if (!(raw as { id: string }[]).some((deleted) => deleted.id === id)) throw identityErrors.INVALID_TOKEN()
  return pending
}

const addressTaken = (refusal: typeof identityErrors.EMAIL_TAKEN | typeof identityErrors.INVALID_TOKEN) => (error: unknown) => {
  throw isUniqueViolation(error) ? refusal(undefined, error) : error
}
