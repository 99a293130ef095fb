import { AccountRegistered, AccountVerified, identityErrors, type Registration as NewAccount, RegistrationRepeated } from '@kilomega/contracts'
import { Database, isUniqueViolation } from '@kilomega/database'
import { Outbox } from '@kilomega/messaging'
import { Injectable } from '@nestjs/common'
import type { z } from 'zod'
import { Attempts, registrationMails } from './attempts.js'
import { HashedPasswords } from './hashed-passwords.js'
import { lifetimesS } from './lifetimes.js'
import { OneTimeTokens } from './one-time-tokens.js'
import { Account } from './tables/account.entity.js'
import { Registration } from './tables/registration.entity.js'

/** One statement, whether the address is known or not. */
const open = `
  WITH known AS (
    SELECT id FROM identity.account WHERE email = $1
  ), opened AS (
    INSERT INTO identity.registration (email, name, password_hash, expires_at)
    SELECT $1, $2, $3, now() + $4 * interval '1 s' WHERE NOT EXISTS (SELECT FROM known)
    RETURNING id
  )
  SELECT id, true AS known FROM known UNION ALL SELECT id, false FROM opened`

/** Deletes every registration of the address and makes an account of the one that the token belongs to. Of two concurrent calls the second finds nothing. */
const confirm = `
  WITH pending AS (
    DELETE FROM identity.registration
    WHERE email = (SELECT email FROM identity.registration WHERE id = $1 AND expires_at > now())
    RETURNING id, email, name, password_hash
  )
  INSERT INTO identity.account (id, email, name, password_hash, created_at)
  SELECT id, email, name, password_hash, now() FROM pending WHERE id = $1
  ON CONFLICT (email) DO NOTHING
  RETURNING id`

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
      const account = { id: () => 'uuidv7()', email, name, passwordHash, createdAt: () => 'now()' }
      const inserting = transaction.manager.createQueryBuilder().insert().into(Account).values(account).returning('id')
      const { raw } = await inserting.execute().catch(addressTaken)
      const [{ id }] = raw as [{ id: string }]
      await transaction.manager.delete(Registration, { email })
      await this.outbox.add(transaction, AccountVerified({ accountId: id }))
      return id
    })
  }

  async confirm(token: string): Promise<void> {
    const id = this.tokens.read('verify', token)
    await this.database.write(async (transaction) => {
      const [account] = await transaction.query<{ id: string }>(confirm, [id])
      if (account === undefined) throw identityErrors.INVALID_TOKEN()
      await this.outbox.add(transaction, AccountVerified({ accountId: account.id }))
    })
  }
}

function addressTaken(error: unknown): never {
  throw isUniqueViolation(error) ? identityErrors.EMAIL_TAKEN(undefined, error) : error
}
