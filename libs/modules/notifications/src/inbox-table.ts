import { Database, type Transaction } from '@kilomega/database'
import { Receipts } from '@kilomega/messaging'
import { portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { IsNull, LessThan, type Repository } from 'typeorm'
import { Notification } from './tables/notification.entity.js'
import type { Notice } from './notice-words.js'

/** The account that a notice is for, and its subject. */
export interface NewNotice {
  accountId: string
  subjectId: string | null
  reason: string | null
}

/** By hand, because a batch of events is up to 500 notices: 6 ms, and 14 ms by a repository, with a statement to prepare for each size of a batch. */
const add = `
  INSERT INTO notifications.notification (type, account_id, subject_id, reason, created_at)
  SELECT $1, account_id, subject_id, reason, now()
  FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS notice (account_id, subject_id, reason)`

/** The notices of all accounts; each operation is limited to one account. */
@Injectable()
export class InboxTable {
  constructor(
    @InjectRepository(Notification) private readonly notices: Repository<Notification>,
    private readonly database: Database,
    private readonly receipts: Receipts,
  ) {}

  async add(transaction: Transaction, type: Notice['type'], notices: readonly NewNotice[]): Promise<void> {
    if (notices.length === 0) return
    await transaction.query(add, [
      type,
      notices.map(({ accountId }) => accountId),
      notices.map(({ subjectId }) => subjectId),
      notices.map(({ reason }) => reason),
    ])
  }

  /** Newest first. Ids are UUIDv7, so they sort by time. */
  list(accountId: string, limit: number, after: string | undefined): Promise<Notification[]> {
    return this.notices.find({ where: { accountId, ...(after !== undefined && { id: LessThan(after) }) }, order: { id: 'DESC' }, take: limit })
  }

  countUnread(accountId: string): Promise<number> {
    return this.notices.countBy({ accountId, readAt: IsNull() })
  }

  /** Throws `NOT_FOUND` for a notice of another account, as for one that does not exist. Repeating it changes nothing, so it needs no receipt. */
  async markRead(accountId: string, id: string): Promise<void> {
    const { affected } = await this.database.write(() => this.notices.update({ id, accountId }, { readAt: () => 'coalesce(read_at, now())' }))
    if (affected === 0) throw portErrors.NOT_FOUND()
  }

  /** Takes effect once per command: notices that arrive after it stay unread, even if the command is repeated. */
  async markAllRead(accountId: string): Promise<void> {
    await this.receipts.once(this.database, async () => {
      await this.notices.update({ accountId, readAt: IsNull() }, { readAt: () => 'now()' })
    })
  }
}
