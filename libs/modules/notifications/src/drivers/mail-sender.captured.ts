import { type CapturedMail as Found, normalEmail } from '@kilomega/contracts'
import type { Database } from '@kilomega/database'
import { Any, Raw, type Repository } from 'typeorm'
import type { NotificationsConfig } from '../notifications.config.js'
import type { CapturedMail } from '../tables/captured-mail.entity.js'
import { headersOf, type Letter, MailSender } from './mail-sender.js'

/** How many mails are kept. */
const kept = 1_000

const newestFirst = { sentAt: 'DESC', id: 'DESC' } as const

/** For development: mails stay in a table, where people and tests read them. Nothing leaves the machine. */
export class CapturedMailSender extends MailSender {
  readonly recognisesRepeats = true

  constructor(
    private readonly database: Database,
    private readonly mails: Repository<CapturedMail>,
    private readonly config: NotificationsConfig,
  ) {
    super()
  }

  async send(letter: Letter, begin?: () => Promise<void>): Promise<void> {
    const { id, to, subject, text, html } = letter
    await begin?.()
    await this.database.write(async () => {
      const mail = { id, to, from: this.config.fromAddress, subject, text, html, headers: headersOf(letter), sentAt: () => 'clock_timestamp()' }
      await this.mails.createQueryBuilder().insert().values(mail).orIgnore().execute()
      await this.removeOldest()
    })
  }

  async listCaptured({ to, limit }: { to?: string; limit: number }): Promise<Found[]> {
    const where = to === undefined ? {} : { to: Raw((column) => 'lower(' + column + ') = :to', { to: normalEmail(to) }) }
    const found = await this.mails.find({ where, order: newestFirst, take: limit })
    return found.map((mail) => ({ ...mail }))
  }

  private async removeOldest(): Promise<void> {
    const oldest = await this.mails.find({ select: { id: true }, order: newestFirst, skip: kept })
    if (oldest.length > 0) await this.mails.delete({ id: Any(oldest.map(({ id }) => id)) })
  }
}
