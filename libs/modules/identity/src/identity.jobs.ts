import { PasswordResetRequested } from '@kilomega/contracts'
import { Database, removeBounded, withIdentifiers } from '@kilomega/database'
import { Outbox } from '@kilomega/messaging'
import { Signals } from '@kilomega/observability'
import { job, Runs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { z } from 'zod'

export const OfferPasswordReset = job('identity.offer-password-reset', z.object({ resetId: z.uuid() }))
export const ForgetExpired = job('identity.forget-expired', z.object({}))

const offer = `
  UPDATE identity.password_reset SET offered_at = now()
  WHERE id = $1 AND offered_at IS NULL AND expires_at > now()
  RETURNING account_id AS "accountId"`

/** Oldest first; rows that are locked wait for the next run. */
const forgetOldest = `
  DELETE FROM identity.%I WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM identity.%I WHERE expires_at <= now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))
  RETURNING 1`

/** Tables whose rows are useless after `expires_at`. Every reader checks the time itself; deleting the rows only frees space. */
const expiring = ['attempt', 'ended_session', 'password_reset', 'registration', 'session'].map((table) => ({
  what: `identity.${table}`,
  forget: withIdentifiers(forgetOldest, table, table),
}))
/** Rows deleted by one statement, which holds their locks for about 50 ms. */
const batch = 5_000
/** Rows of one table in a run, every 10 minutes: 7 million a day, twenty times what a million users leave. It also limits what a wrong clock of the database can delete. */
const mostInRun = 50_000

@Injectable()
export class IdentityJobs {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly signals: Signals,
  ) {}

  @Runs(OfferPasswordReset, { concurrency: 4 })
  async offerPasswordReset({ resetId }: { resetId: string }): Promise<void> {
    await this.database.write(async (transaction) => {
      const [reset] = await transaction.query<{ accountId: string }>(offer, [resetId])
      if (reset !== undefined) await this.outbox.add(transaction, PasswordResetRequested(reset))
    })
  }

  @Runs(ForgetExpired, { everyMs: 10 * 60_000 })
  async forgetExpired(): Promise<void> {
    for (const { what, forget } of expiring) {
      const remove = async (limit: number) => (await this.database.write((transaction) => transaction.query(forget, [limit]))).length
      await removeBounded({ what, batch, most: mostInRun, remove }, this.signals)
    }
  }
}
