import { Id } from '@kilomega/contracts'
import { Database, removeInBatches, type Transaction } from '@kilomega/database'
import { job, Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { Any } from 'typeorm'
import { z } from 'zod'
import { CapturedMail } from './tables/captured-mail.entity.js'
import { Mail } from './tables/mail.entity.js'
import { Notification } from './tables/notification.entity.js'
import { Preference } from './tables/preference.entity.js'

export const ForgetAccount = job('notifications.forget-account', z.object({ accountId: Id }))

/** Rows in one transaction. */
const batch = 1_000
/** Rows of a kind in one run; another job removes the rest, so that other accounts get their turn. */
const mostInRun = 20_000

/** Removes pending and past notifications of a deleted account. */
@Injectable()
export class AccountForgetting {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  async forget(accountId: string): Promise<void> {
    const notices = await this.removeAll((transaction, limit) => removeNotices(transaction, accountId, limit))
    const mails = await this.removeAll((transaction, limit) => removeMails(transaction, accountId, limit))
    await this.database.write(({ manager }) => manager.delete(Preference, { accountId }))
    if (notices && mails) return
    await this.database.write((transaction) => this.jobs.add(transaction, ForgetAccount({ accountId })))
  }

  /** Whether nothing is left. */
  private async removeAll(removeIn: (transaction: Transaction, limit: number) => Promise<number>): Promise<boolean> {
    const remove = (limit: number) => this.database.write((transaction) => removeIn(transaction, limit))
    return (await removeInBatches({ batch, most: mostInRun, remove })).done
  }
}

async function removeNotices({ manager }: Transaction, accountId: string, limit: number): Promise<number> {
  const found = await manager.find(Notification, { select: { id: true }, where: { accountId }, take: limit })
  await manager.delete(Notification, { id: anyOf(found) })
  return found.length
}

/**
 * A captured mail has the id of its row in `mail`. A mail that is being sent is left for the second run, because it is captured only after sending. The others
 * are locked, so that nobody starts to send them.
 */
async function removeMails({ manager }: Transaction, accountId: string, limit: number): Promise<number> {
  const found = await manager
    .createQueryBuilder(Mail, 'mail')
    .select('mail.id')
    .leftJoin('mail.attempts', 'sending', 'sending.outcome IS NULL AND sending.leasedUntil > now()')
    .where({ accountId })
    .andWhere('sending.mailId IS NULL')
    .limit(limit)
    .setLock('pessimistic_write', undefined, ['mail'])
    .getMany()
  await manager.delete(Mail, { id: anyOf(found) })
  await manager.delete(CapturedMail, { id: anyOf(found) })
  return found.length
}

const anyOf = (rows: readonly { id: string }[]) => Any(rows.map(({ id }) => id))
