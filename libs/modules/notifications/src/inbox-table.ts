import type { Notification } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { Receipts } from '@kilomega/messaging'
import { portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import type { Notice } from './notice-words.js'

/** The account that a notice is for, and its subject. */
export interface NewNotice {
  accountId: string
  subjectId: string | null
  reason: string | null
}

export type StoredNotice = Notice & Omit<Notification, 'title' | 'body'>

const add = `
  INSERT INTO notifications.notification (type, account_id, subject_id, reason, created_at)
  SELECT $1, account_id, subject_id, reason, now()
  FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS notice (account_id, subject_id, reason)`

/** Ids are UUIDv7, so they sort by time. The highest possible id means "start with the newest". */
const list = `
  SELECT id, type, subject_id AS "subjectId", reason, read_at AS "readAt", created_at AS "createdAt" FROM notifications.notification
  WHERE account_id = $1 AND id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  ORDER BY id DESC LIMIT $3`

const countUnread = `SELECT count(*) AS count FROM notifications.notification WHERE account_id = $1 AND read_at IS NULL`

const markRead = `
  UPDATE notifications.notification SET read_at = coalesce(read_at, now()) WHERE id = $1 AND account_id = $2 RETURNING id`

const markAllRead = `UPDATE notifications.notification SET read_at = now() WHERE account_id = $1 AND read_at IS NULL`

/** The notices of all accounts; each operation is limited to one account. */
@Injectable()
export class InboxTable {
  constructor(
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

  /** Newest first. */
  list(accountId: string, limit: number, after: string | undefined): Promise<StoredNotice[]> {
    return this.database.read((queryable) => queryable.query<StoredNotice>(list, [accountId, after ?? null, limit]))
  }

  async countUnread(accountId: string): Promise<number> {
    const [row] = await this.database.read((queryable) => queryable.query<{ count: number }>(countUnread, [accountId]))
    return row!.count
  }

  /** Throws `NOT_FOUND` for a notice of another account, as for one that does not exist. Repeating it changes nothing, so it needs no receipt. */
  async markRead(accountId: string, id: string): Promise<void> {
    const marked = await this.database.write((transaction) => transaction.query(markRead, [id, accountId]))
    if (marked.length === 0) throw portErrors.NOT_FOUND()
  }

  /** Takes effect once per command: notices that arrive after it stay unread, even if the command is repeated. */
  async markAllRead(accountId: string): Promise<void> {
    await this.receipts.once(this.database, async (transaction) => {
      await transaction.query(markAllRead, [accountId])
    })
  }
}
