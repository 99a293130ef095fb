import { Id } from '@kilomega/contracts'
import { Database, removeInBatches } from '@kilomega/database'
import { job, Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { z } from 'zod'

export const ForgetAccount = job('notifications.forget-account', z.object({ accountId: Id }))

/** Rows in one transaction. */
const batch = 1_000
/** Rows of a kind in one run; another job removes the rest, so that other accounts get their turn. */
const mostInRun = 20_000

const removePreference = `DELETE FROM notifications.preference WHERE account_id = $1`

const removeNotices = `
  DELETE FROM notifications.notification WHERE id IN (SELECT id FROM notifications.notification WHERE account_id = $1 LIMIT $2)
  RETURNING 1`

/** A captured mail has the id of its row in `mail`. A mail that is being sent is left for the second run, because it is captured only after sending. */
const removeMails = `
  WITH gone AS (
    DELETE FROM notifications.mail WHERE id IN (
      SELECT id FROM notifications.mail
      WHERE account_id = $1
        AND NOT EXISTS (SELECT FROM notifications.mail_attempt WHERE mail_id = mail.id AND outcome IS NULL AND leased_until > now())
      LIMIT $2)
    RETURNING id
  ), captured AS (
    DELETE FROM notifications.captured_mail USING gone WHERE captured_mail.id = gone.id
  )
  SELECT FROM gone`

/** Removes pending and past notifications of a deleted account. */
@Injectable()
export class AccountForgetting {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  async forget(accountId: string): Promise<void> {
    const notices = await this.removeAll(removeNotices, accountId)
    const mails = await this.removeAll(removeMails, accountId)
    await this.database.write((transaction) => transaction.query(removePreference, [accountId]))
    if (notices && mails) return
    await this.database.write((transaction) => this.jobs.add(transaction, ForgetAccount({ accountId })))
  }

  /** Whether nothing is left. */
  private async removeAll(sql: string, accountId: string): Promise<boolean> {
    const remove = async (limit: number) => (await this.database.write((transaction) => transaction.query(sql, [accountId, limit]))).length
    return (await removeInBatches({ batch, most: mostInRun, remove })).done
  }
}
