import { Database, type Queryable } from '@kilomega/database'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import type { PendingMail } from './mail-attempts.js'
import { mailPriority } from './mail-words.js'
import { NotificationsConfig } from './notifications.config.js'
import { SendMail } from './send-mail-job.js'

const tried = `
  SELECT coalesce(extract(epoch FROM now() - min(started_at)) * 1000, 0)::float8 AS "forMs", count(*)::int AS times
  FROM notifications.mail_attempt WHERE mail_id = $1`

/** How often a mail was refused temporarily, and how long its server asks to wait. */
interface Refused {
  times: number
  retryAfterMs: number
}

type Waits = Pick<NotificationsConfig, 'retryFirstMs' | 'retryLongestMs'>

/** Full jitter, so that mails that failed together are not retried together; never before the time that the server asks for. */
export function retryWaitMs({ times, retryAfterMs }: Refused, { retryFirstMs, retryLongestMs }: Waits, random = Math.random): number {
  return Math.ceil(retryAfterMs + random() * Math.min(retryLongestMs, retryFirstMs * 2 ** (times - 1)))
}

/** Schedules retries of mails that were refused temporarily. Each retry is a new job, recorded like the first, because the server decides how long it waits. */
@Injectable()
export class MailRetries {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly config: NotificationsConfig,
  ) {}

  /** Whether a mail may still be retried. Time in which no mail server could be reached does not count, because it leaves no attempt. */
  async hasTime(mailId: string): Promise<boolean> {
    return (await this.database.read((queryable) => triedIn(queryable, mailId))).forMs < this.config.retryForMs
  }

  /** With a lower priority than mails that were refused less often. */
  async schedule({ id, template }: PendingMail, retryAfterMs: number): Promise<void> {
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
