import { type CapturedMail, normalEmail } from '@kilomega/contracts'
import type { Database } from '@kilomega/database'
import type { NotificationsConfig } from '../notifications.config.js'
import { headersOf, type Letter, MailSender } from './mail-sender.js'

const insert = `
  INSERT INTO notifications.captured_mail (id, recipient, sender, subject, text, html, headers, sent_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
  ON CONFLICT (id) DO NOTHING`

/** How many mails are kept. */
const kept = 1_000

const removeOldest = `
  DELETE FROM notifications.captured_mail
  WHERE (sent_at, id) < (SELECT sent_at, id FROM notifications.captured_mail ORDER BY sent_at DESC, id DESC OFFSET $1 LIMIT 1)`

const newest = `
  SELECT id, recipient AS "to", sender AS "from", subject, text, html, headers, sent_at AS "sentAt" FROM notifications.captured_mail
  WHERE $1::text IS NULL OR lower(recipient) = $1 ORDER BY sent_at DESC, id DESC LIMIT $2`

/** For development: mails stay in a table, where people and tests read them. Nothing leaves the machine. */
export class CapturedMailSender extends MailSender {
  readonly recognisesRepeats = true

  constructor(
    private readonly database: Database,
    private readonly config: NotificationsConfig,
  ) {
    super()
  }

  async send(letter: Letter, begin?: () => Promise<void>): Promise<void> {
    const { id, to, subject, text, html } = letter
    await begin?.()
    await this.database.write(async (transaction) => {
      await transaction.query(insert, [id, to, this.config.fromAddress, subject, text, html, headersOf(letter)])
      await transaction.query(removeOldest, [kept - 1])
    })
  }

  listCaptured({ to, limit }: { to?: string; limit: number }): Promise<CapturedMail[]> {
    return this.database.read((queryable) => queryable.query<CapturedMail>(newest, [to === undefined ? null : normalEmail(to), limit]))
  }
}
