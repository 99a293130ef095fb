import { Database, type Queryable } from '@kilomega/database'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import type { OwedMail } from './mail-attempts.js'
import { mailPriority } from './mail-words.js'
import { NotificationsConfig } from './notifications.config.js'
import { SendMail } from './send-mail-job.js'

const tried = `
  SELECT coalesce(extract(epoch FROM now() - min(started_at)) * 1000, 0)::float8 AS "forMs", count(*)::int AS times
  FROM notifications.mail_attempt WHERE mail_id = $1`

/** How often a mail was refused for now, and how long its server asks to wait. */
interface Refused {
  times: number
  retryAfterMs: number
}

type Waits = Pick<NotificationsConfig, 'retryFirstMs' | 'retryLongestMs'>

/** Full jitter, so that what failed together does not come back together; never before the server wants it. */
export function retryWaitMs({ times, retryAfterMs }: Refused, { retryFirstMs, retryLongestMs }: Waits, random = Math.random): number {
  return Math.ceil(retryAfterMs + random() * Math.min(retryLongestMs, retryFirstMs * 2 ** (times - 1)))
}

/** When a mail that was refused for now is tried again. A job of its own for each try, on record like the first, because how long it waits is the server's to say. */
@Injectable()
export class MailRetries {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly config: NotificationsConfig,
  ) {}

  /** Whether a mail still has time. Time in which nobody could be given it does not count: that leaves no attempt. */
  async hasTime(mailId: string): Promise<boolean> {
    return (await this.database.read((queryable) => triedIn(queryable, mailId))).forMs < this.config.retryForMs
  }

  /** Behind those that were refused less often. */
  async ask({ id, template }: OwedMail, retryAfterMs: number): Promise<void> {
    await this.database.write(async (transaction) => {
      const times = Math.max(1, (await triedIn(transaction, id)).times)
      const delayMs = retryWaitMs({ times, retryAfterMs }, this.config)
      await this.jobs.add(transaction, SendMail({ mailId: id }, { delayMs, priority: mailPriority(template, times) }))
    })
  }
}

async function triedIn(queryable: Queryable, mailId: string): Promise<{ forMs: number; times: number }> {
  const [row] = await queryable.query<{ forMs: number; times: number }>(tried, [mailId])
  return row!
}
