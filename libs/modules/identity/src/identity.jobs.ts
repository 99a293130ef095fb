import { PasswordResetRequested } from '@kilomega/contracts'
import { Database, removeBounded } from '@kilomega/database'
import { Outbox } from '@kilomega/messaging'
import { Signals } from '@kilomega/observability'
import { job, Runs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { IsNull, type Repository } from 'typeorm'
import { z } from 'zod'
import { inFuture } from './database-time.js'
import { Attempt } from './tables/attempt.entity.js'
import { EndedSession } from './tables/ended-session.entity.js'
import { PasswordReset } from './tables/password-reset.entity.js'
import { Registration } from './tables/registration.entity.js'
import { Session } from './tables/session.entity.js'

export const OfferPasswordReset = job('identity.offer-password-reset', z.object({ resetId: z.uuid() }))
export const ForgetExpired = job('identity.forget-expired', z.object({}))

/** Tables whose rows are useless after `expiresAt`. Every reader checks the time itself; deleting the rows only frees space. */
const expiring = { attempt: Attempt, ended_session: EndedSession, password_reset: PasswordReset, registration: Registration, session: Session }
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
      const where = { id: resetId, offeredAt: IsNull(), expiresAt: inFuture }
      const { affected } = await transaction.manager.update(PasswordReset, where, { offeredAt: () => 'now()' })
      if (affected !== 1) return
      const { accountId } = await transaction.manager.findOneByOrFail(PasswordReset, { id: resetId })
      await this.outbox.add(transaction, PasswordResetRequested({ accountId }))
    })
  }

  @Runs(ForgetExpired, { everyMs: 10 * 60_000 })
  async forgetExpired(): Promise<void> {
    for (const [table, entity] of Object.entries(expiring)) {
      const remove = (limit: number) =>
        this.database.write(({ manager }) => forgetOldest(manager.getRepository<{ expiresAt: string }>(entity), limit))
      await removeBounded({ what: `identity.${table}`, batch, most: mostInRun, remove }, this.signals)
    }
  }
}

/** Oldest first; rows that are locked wait for the next run. */
async function forgetOldest(rows: Repository<{ expiresAt: string }>, limit: number): Promise<number> {
  const oldest = rows
    .createQueryBuilder('expired')
    .select('expired.ctid')
    .where('expired.expiresAt <= now()')
    .orderBy('expired.expiresAt')
    .limit(limit)
  const locked = oldest.setLock('pessimistic_write').setOnLocked('skip_locked').getQuery()
  const { affected } = await rows
    .createQueryBuilder()
    .delete()
    .where('ctid = ANY (ARRAY(' + locked + '))')
    .execute()
  return affected ?? 0
}
