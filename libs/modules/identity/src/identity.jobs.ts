import { PasswordResetRequested } from '@kilomega/contracts'
import { Database } from '@kilomega/database'
import { Outbox } from '@kilomega/messaging'
import { Clock } from '@kilomega/ports'
import { job, Runs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { LessThanOrEqual } from 'typeorm'
import { z } from 'zod'
import { Attempt } from './tables/attempt.entity.js'
import { EndedSession } from './tables/ended-session.entity.js'
import { PasswordReset } from './tables/password-reset.entity.js'
import { Registration } from './tables/registration.entity.js'
import { SessionRow } from './tables/session.entity.js'

export const OfferPasswordReset = job('identity.offer-password-reset', z.object({ resetId: z.uuid() }))
export const ForgetExpired = job('identity.forget-expired', z.object({}))

const offer = `
  UPDATE identity.password_reset SET offered_at = $2
  WHERE id = $1 AND offered_at IS NULL AND expires_at > $2
  RETURNING account_id AS "accountId"`

/** Whose rows are of no use after `expires_at`. Every reader asks for the time itself; this only gives the room back. */
const passing = [Attempt, EndedSession, PasswordReset, Registration, SessionRow]

@Injectable()
export class IdentityJobs {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  @Runs(OfferPasswordReset, { concurrency: 4 })
  async offerPasswordReset({ resetId }: { resetId: string }): Promise<void> {
    await this.database.write(async (transaction) => {
      const [reset] = await transaction.query<{ accountId: string }>(offer, [resetId, this.clock.now()])
      if (reset !== undefined) await this.outbox.add(transaction, PasswordResetRequested(reset))
    })
  }

  @Runs(ForgetExpired, { everyMs: 10 * 60_000 })
  async forgetExpired(): Promise<void> {
    const expired = { expiresAt: LessThanOrEqual(this.clock.now()) }
    for (const table of passing) await this.database.write((transaction) => transaction.manager.delete(table, expired))
  }
}
